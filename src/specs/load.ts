import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { match } from 'ts-pattern';
import type {
  EnumerateBounds,
  MremapBounds,
  RaceBounds,
  RaceThread,
  ReachBounds,
  SpaceBounds,
  VmaClass,
} from '../checker/bounds.js';
import { BadInput } from '../input/bad-input.js';
import { checkInWindow, modelCall } from '../input/call.js';
import { decode, parseJson } from '../input/decode.js';
import { readText } from '../input/read-text.js';
import type { FlagName } from '../model/calls.js';
import type { KindName, ProtName } from '../model/vma.js';
import {
  specCodec,
  vmaClass,
  type WrittenBounds,
  type WrittenMremap,
  type WrittenRaceBounds,
  type WrittenReachBounds,
  type WrittenReachRun,
  type WrittenSpec,
} from './codec.js';
import { checkDisplaced, checkDisplacements } from './displacements.js';
import { checkExpectations } from './expectations.js';
import { checkExpectedClasses } from './expected-classes.js';
import { checkIsSpec } from './other-files.js';
import type { Check, ReachRun, Spec } from './spec.js';

/** Every combination of the flags, those that no release accepts included. */
export const ANY_FLAGS: readonly (readonly FlagName[])[] = [
  [],
  ['MAYMOVE'],
  ['FIXED'],
  ['DONTUNMAP'],
  ['FIXED', 'DONTUNMAP'],
  ['MAYMOVE', 'FIXED'],
  ['MAYMOVE', 'DONTUNMAP'],
  ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
];

function classOf(words: string): VmaClass {
  const [kind, prot, ...states] = words.split(' ');
  return {
    kind: kind as KindName,
    prot: prot as ProtName,
    populated: states.includes('populated'),
    locked: states.includes('locked'),
    sealed: states.includes('sealed'),
    armed: states.includes('armed'),
    ...(states.includes('away') ? { away: true } : {}),
    ...(states.includes('displaced') ? { displaced: true } : {}),
    ...(states.includes('accounted') ? { accounted: true } : {}),
    ...(states.includes('unaccounted') ? { accounted: false } : {}),
  };
}

/** A class of VMA in the words of specs; throws BadInput that begins with `where`. */
export const vmaClassFrom = (words: string, where: string): VmaClass =>
  classOf(decode(vmaClass, words, where));

const mremapOf = (written: WrittenMremap): MremapBounds => ({
  flags: written.flags === undefined || written.flags === 'any' ? ANY_FLAGS : written.flags,
  lengths: written.lengths ?? 'any',
  destinations: written.destinations ?? 'any',
  odd: written.arguments === 'any',
});

const spaceBounds = (written: WrittenBounds | WrittenRaceBounds): SpaceBounds => ({
  pages: written.pages,
  classes: written.classes.map(classOf),
  vmas: written.vmas ?? written.pages,
  identities: written.identities ?? 2,
  displacements: written.displacements ?? [0],
});

/** Fields that are given only where they say more than nothing. */
const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>;

/** Bounds of a search as specs write them, with what they leave out. */
export const enumerateBounds = (written: WrittenBounds): EnumerateBounds => {
  const { rlimitAs, rlimitMemlock, commitLimit, calls, failures } = written;
  return {
    ...spaceBounds(written),
    limits: written.limits,
    mremap: mremapOf(written),
    resources: given({ rlimitAs, rlimitMemlock, commitLimit }),
    ...given({ calls, failures }),
  };
};

function threadOf(written: WrittenRaceBounds['threads'][number]): RaceThread {
  if ('sysctl' in written) return { does: 'lower' };
  if ('reader' in written) return { does: 'read' };
  return {
    does: 'call',
    calls: written.calls.flatMap((call) => (typeof call === 'string' ? [call] : [])),
    given: written.calls.flatMap((call) => (typeof call === 'string' ? [] : [modelCall(call)])),
    mremap: mremapOf(written),
  };
}

/** The same of a race. */
export const raceBounds = (written: WrittenRaceBounds): RaceBounds => ({
  ...spaceBounds(written),
  limits: written.limits,
  threads: written.threads.map(threadOf),
});

const reachRun = (written: WrittenReachBounds, run: WrittenReachRun): ReachRun => {
  const bounds: ReachBounds = {
    pages: run.pages,
    limit: run.limit,
    mmapCap: run.mmapCap ?? run.limit,
    classes: written.classes.map(classOf),
    calls: written.calls,
    mremap: mremapOf(written),
    maxStates: written.maxStates ?? 10_000_000,
    ...given({ displacements: written.displacements }),
  };
  const { pages, limit, mmapCap, ...numbers } = run;
  return { bounds, numbers };
};

const checkOf = (written: WrittenSpec['checks'][number]): Check =>
  match(written)
    .returnType<Check>()
    .with({ check: 'reach' }, ({ bounds, runs, ...rest }) => ({
      ...rest,
      runs: runs.map((run) => reachRun(bounds, run)),
    }))
    .with({ check: 'enumerate' }, (c) => ({ ...c, bounds: enumerateBounds(c.bounds) }))
    .with({ check: 'race' }, (c) => ({ ...c, bounds: raceBounds(c.bounds) }))
    .with({ check: 'compare' }, (c) => ({ ...c, bounds: enumerateBounds(c.bounds) }))
    .exhaustive();

/** What no codec of one field sees: fields that must agree with each other. */
function checkAgreement(written: WrittenSpec, file: string): void {
  written.checks.forEach((check, i) => {
    if (check.check !== 'compare') {
      checkExpectations(check.expect, `${file}: .checks[${i}].expect`);
    }
    if (check.check === 'reach') {
      checkDisplacements(check.bounds, `${file}: .checks[${i}].bounds`);
      check.expect.forEach(({ releases }, k) => {
        if (releases.some((release) => release !== check.release)) {
          throw new BadInput(
            `${file}: .checks[${i}].expect[${k}].releases: found ${JSON.stringify(releases)}, expected ["${check.release}"], the release of the check`,
          );
        }
      });
      return;
    }
    checkDisplaced(check.bounds, `${file}: .checks[${i}].bounds`);
    const [least, greatest] = check.bounds.limits;
    if (least > greatest) {
      throw new BadInput(
        `${file}: .checks[${i}].bounds.limits: found [${least},${greatest}], expected the lesser limit first`,
      );
    }
    if (check.check === 'race') checkThreads(check.bounds, `${file}: .checks[${i}].bounds.threads`);
    if (check.check === 'compare')
      checkExpectedClasses(check.expect, `${file}: .checks[${i}].expect`);
  });
}

/** A race is one of calls, and they stay in the window. */
function checkThreads({ threads, pages }: WrittenRaceBounds, where: string): void {
  if (!threads.some((thread) => 'calls' in thread)) {
    throw new BadInput(`${where}: found none that makes a call, expected at least one with calls`);
  }
  threads.forEach((thread, i) => {
    if (!('calls' in thread)) return;
    thread.calls.forEach((call, k) => {
      if (typeof call !== 'string') checkInWindow(call, pages, `${where}[${i}].calls[${k}]`);
    });
  });
}

/**
 * A spec from its text; throws BadInput that names the file and the place.
 *
 * @param folder that paths in it are relative to
 */
export function parseSpec(
  text: string,
  file: string,
  modules: boolean,
  folder = dirname(file),
): Spec {
  const json = parseJson(text, file);
  checkIsSpec(json, file);
  const written = decode(specCodec(file, { folder, modules }), json, file);
  checkAgreement(written, file);
  const { title, question, answer, sources } = written;
  return {
    file: basename(file),
    path: file,
    text,
    title,
    question,
    answer,
    sources,
    checks: written.checks.map(checkOf),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(`${folder}: cannot be read (${code}), expected a folder of specs`);
  }
}

function specFiles(path: string): string[] {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    return [path];
  }
  if (!isFolder) return [path];
  const files = namesIn(path).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new BadInput(`${path}: found no .json file, expected specs`);
  return files.sort().map((name) => join(path, name));
}

/** Without files that were there before, by whatever path. */
const eachOnce = (files: readonly string[]): string[] => {
  const all = files.map((file) => resolve(file));
  return files.filter((_, i) => all.indexOf(all[i] as string) === i);
};

/**
 * The specs in files and folders, each once, in the order given; folders by name. Throws BadInput.
 *
 * @param modules whether releases may be patches that are code, which is run to read them
 * @param folderOf the folder that paths in a file are relative to
 */
export const loadSpecs = (
  paths: readonly string[],
  modules = false,
  folderOf: (file: string) => string = dirname,
): Spec[] =>
  eachOnce(paths.flatMap(specFiles)).map((file) =>
    parseSpec(readText(file, 'a spec'), file, modules, folderOf(file)),
  );
