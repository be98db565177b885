import { randomUUID } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { BadInput } from '../input/bad-input.js';
import { isThere } from '../input/processes.js';

/** Who has a lock. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process began, where the system says so: tells it from a later one of the same number. */
  readonly began: string;
  /** Of this lock and no other. */
  readonly id: string;
}

/** In ticks since the machine came up, with the machine's coming up; empty where there is no /proc. */
function beginning(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may have blanks: the fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}

/** Whether the owner has come to its end, as far as can be told from this host. */
function isGone({ host, pid, began }: Owner): boolean {
  if (host !== hostname()) return false;
  // In a container that is started again this process may have the number of the one before.
  return !isThere(pid) || pid === process.pid || beginning(pid) !== began;
}

const noLock = (file: string): BadInput =>
  new BadInput(
    `${file}: found no host and process in it, expected the lock of a run: remove it if nobody is at work there`,
  );

/** What is in a lock, and undefined where there is none any more; throws BadInput where it is no lock. */
function ownerOf(file: string): Owner | undefined {
  let text: string;
  // A link that leads nowhere is in the way, and has nothing in it.
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === false) throw noLock(file);
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { host, pid, began, id } = JSON.parse(text) as Owner;
    if (
      Number.isInteger(pid) &&
      pid > 0 &&
      [host, began, id].every((part) => typeof part === 'string')
    ) {
      return { host, pid, began, id };
    }
  } catch {}
  throw noLock(file);
}

function refuse(file: string, { host, pid }: Owner): never {
  const folder = dirname(file);
  throw new BadInput(
    host === hostname()
      ? `${file}: found process ${pid} on this host at work in ${folder}, expected nobody: wait for it, or end it`
      : `${file}: found process ${pid} on host ${host} at work in ${folder}, expected nobody: wait for it, or if it is gone remove ${file}`,
  );
}

/** Gives a file another name, which must be free. */
function isLinked(fresh: string, file: string): boolean {
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Where a lock is made before it appears. */
const freshName = (file: string, id: string): string => `${file}.${id}.new`;

/** Takes a lock. It appears with its owner in it, so that who is killed leaves one that can be told to be dead. */
function take(file: string, id: string): void {
  const fresh = freshName(file, id);
  const owner: Owner = { host: hostname(), pid: process.pid, began: beginning(process.pid), id };
  writeFileSync(fresh, `${JSON.stringify(owner)}\n`);
  try {
    while (!isLinked(fresh, file)) {
      const other = ownerOf(file);
      if (other === undefined) continue;
      if (!isGone(other)) refuse(file, other);
      if (isTakenOver(file, other, fresh)) return;
    }
  } finally {
    rmSync(fresh, { force: true });
  }
}

/**
 * Puts another in the place of a dead one. Only who has the lock of this one dead lock may, and so it is
 * still there when it is replaced: nobody takes a living one away that came in between.
 */
function isTakenOver(file: string, dead: Owner, fresh: string): boolean {
  const guard = `${file}.${dead.id}`;
  take(guard, randomUUID());
  try {
    if (ownerOf(file)?.id !== dead.id) return false;
    // Who is killed as soon as the lock has appeared leaves this, too.
    rmSync(freshName(file, dead.id), { force: true });
    renameSync(fresh, file);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Makes this process the one that writes a folder, until it ends. The lock of a process that has ended on
 * this host is taken over; whether one of another host has cannot be told from here.
 *
 * @param file the lock
 * @throws BadInput if another process has it, or none can be made
 */
export function lock(file: string): void {
  const id = randomUUID();
  try {
    take(file, id);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new BadInput(`${file}: cannot be made (${code}), expected a folder to write in`);
  }
  process.once('exit', () => {
    // Somebody may have removed it by hand, and another be at work.
    if (ownerOf(file)?.id === id) rmSync(file);
  });
}
