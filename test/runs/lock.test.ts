import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cli, MAIN } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { everyKind } from './specs.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

let run: string;
beforeEach(() => {
  run = join(newFolder(), 'run');
});

const at = (name: string): string => join(run, name);
const resumed = () => cli(['verify', '--quiet', '--resume', run]);
/** What the journal has of units, and of slices of units, by their numbers. */
const done = (): string[] =>
  readFileSync(at('journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      // A line may have been cut off by SIGKILL.
      try {
        const [unit, { found }] = JSON.parse(line) as [number, { found: { number?: number } }];
        return [`${unit} ${found.number}`];
      } catch {
        return [];
      }
    });

/** A run in a process of its own, at work by the time this resolves. */
async function working(): Promise<{ readonly child: ChildProcess; readonly ended: Promise<void> }> {
  const child = spawn(process.execPath, [MAIN, 'verify', '--quiet', '--run', run, everyKind()], {
    stdio: 'ignore',
  });
  children.push(child);
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  while (!existsSync(at('lock'))) await new Promise((resolve) => setTimeout(resolve, 5));
  return { child, ended };
}

/** A run that was killed. */
async function killed(): Promise<void> {
  const { child, ended } = await working();
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(at('lock'))).toBe(true);
}

describe('the lock of a run', () => {
  test('a run that somebody is at work on is not resumed, and is afterwards', async () => {
    const { child, ended } = await working();
    child.kill('SIGSTOP');
    const { code, stdout, stderr } = await resumed();
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `mremap-check: ${at('lock')}: found process ${child.pid} on this host at work in ${run}, expected nobody: wait for it, or end it\n`,
    });
    child.kill('SIGCONT');
    await ended;
    expect(readdirSync(run).filter((name) => name.startsWith('lock'))).toEqual([]);
    expect((await resumed()).stdout).toBe(reportText());
  });

  test('SIGINT gives it up, the second of two as well', async () => {
    const { child, ended } = await working();
    child.kill('SIGINT');
    child.kill('SIGINT');
    await ended;
    expect(existsSync(at('lock'))).toBe(false);
  });

  test('who finds that of another in its place at the end leaves it there', async () => {
    const { child, ended } = await working();
    const other = JSON.stringify({ host: 'elsewhere', pid: 1, began: '', id: 'other' });
    writeFileSync(at('lock'), other);
    child.kill('SIGINT');
    await ended;
    expect(readFileSync(at('lock'), 'utf8')).toBe(other);
  });

  test('of several that take over a killed run at once one does, and the rest refuse', async () => {
    await killed();
    const results = await Promise.all(Array.from({ length: 5 }, resumed));
    const winners = results.filter(({ code }) => code === 1);
    expect(winners.length).toBeGreaterThanOrEqual(1);
    for (const { code, stderr } of results) {
      if (code === 1) continue;
      expect(stderr).toMatch(/lock(\.[\w-]+)?: found process \d+ on this host at work in/);
      expect(code).toBe(2);
    }
    const all = done();
    expect(new Set(all).size).toBe(all.length);
    expect(readdirSync(run).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('one that was killed while it took over a killed run is taken over too', async () => {
    await killed();
    const owner = JSON.parse(readFileSync(at('lock'), 'utf8')) as { id: string; pid: number };
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(at(`lock.${owner.id}`), JSON.stringify({ ...owner, pid, id: 'other' }));
    expect((await resumed()).code).toBe(1);
    expect(readdirSync(run).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('nothing is left of one that was killed as its lock appeared', async () => {
    await killed();
    const { id } = JSON.parse(readFileSync(at('lock'), 'utf8')) as { id: string };
    copyFileSync(at('lock'), at(`lock.${id}.new`));
    expect((await resumed()).code).toBe(1);
    expect(readdirSync(run).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('a lock of another host is refused, with what to do', async () => {
    await killed();
    const owner = JSON.parse(readFileSync(at('lock'), 'utf8')) as object;
    writeFileSync(at('lock'), JSON.stringify({ ...owner, host: 'elsewhere', pid: 4711 }));
    const { code, stderr } = await resumed();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mremap-check: ${at('lock')}: found process 4711 on host elsewhere at work in ${run}, expected nobody: wait for it, or if it is gone remove ${at('lock')}\n`,
    });
    rmSync(at('lock'));
    expect((await resumed()).code).toBe(1);
  });

  test.skipIf(!existsSync('/proc/self/stat'))(
    'a process that has the number of a dead one by chance is told from it',
    async () => {
      await killed();
      const owner = JSON.parse(readFileSync(at('lock'), 'utf8')) as { host: string };
      expect(owner.host).toBe(hostname());
      writeFileSync(at('lock'), JSON.stringify({ ...owner, pid: process.pid }));
      expect((await resumed()).code).toBe(1);
    },
  );

  test('a link that leads nowhere is no lock', async () => {
    await killed();
    rmSync(at('lock'));
    symlinkSync('nowhere', at('lock'));
    const { code, stderr } = await resumed();
    expect(code).toBe(2);
    expect(stderr).toContain('expected the lock of a run: remove it if nobody is at work there');
  });

  test('what is no lock is refused', async () => {
    await killed();
    writeFileSync(at('lock'), '');
    const { code, stderr } = await resumed();
    expect(stderr).toContain(`${at('lock')}: found no host and process in it`);
    expect(code).toBe(2);
  });

  test('of two runs that begin in one new folder at once one has it', async () => {
    const spec = everyKind();
    const both = await Promise.all(
      [1, 2].map(() => cli(['verify', '--quiet', '--run', run, spec])),
    );
    expect(both.map(({ code }) => code).sort()).toEqual([1, 2]);
    expect(both.find(({ code }) => code === 2)?.stderr).toMatch(
      /found a folder that is not empty|at work in/,
    );
  });
});

/** What a run prints without --verbose, from a run that is done. */
function reportText(): string {
  const { stdout } = spawnSync(
    process.execPath,
    [MAIN, 'verify', '--quiet', at('specs/every-kind.json')],
    { encoding: 'utf8' },
  );
  return stdout;
}
