import type { CompareBounds } from '../checker/bounds.js';
import { BadInput } from '../input/bad-input.js';
import { FLAG_NAMES, type FlagName } from '../model/calls.js';
import { CALL_NAMES, type CallName } from '../model/release.js';
import { AMPLE_HEADROOM } from '../report/behaviour.js';
import { ANY_FLAGS, vmaClassFrom } from '../specs/load.js';

/** Flags that say where two releases are compared. */
export interface DiffBoundsFlags {
  readonly pages?: number;
  readonly vmas?: number;
  readonly classes?: readonly string[];
  readonly headroom?: string;
  readonly limits?: string;
  readonly calls?: readonly string[];
  readonly flags?: readonly string[];
  readonly odd?: true;
}

const PAGES = 6;
/** Memory of one kind with and without an anon_vma, which decides what merges. */
const CLASSES = ['anon rw', 'anon rw populated'];
const HEADROOM = `0..${AMPLE_HEADROOM}`;
const MOST = 1_000_000;

const known = <W extends string>(flag: string, words: readonly W[], word: string): W => {
  const found = words.find((one) => one === word);
  if (found !== undefined) return found;
  throw new BadInput(`${flag}: found "${word}", expected one of ${words.join(', ')}`);
};

/** `A..B` as a pair of whole numbers; throws BadInput. */
function rangeOf(flag: string, text: string, least: number): readonly [number, number] {
  const [, a, b = a] = /^(-?\d+)(?:\.\.(-?\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(a), Number(b)];
  if (a !== undefined && from >= least && from <= to && to <= MOST) return [from, to];
  throw new BadInput(
    `${flag}: found "${text}", expected A..B, whole numbers from ${least} to ${MOST}, the lesser first`,
  );
}

/** `MAYMOVE|FIXED`, or `0` for none. */
const flagsOf = (words: string): FlagName[] =>
  words === '0' ? [] : words.split('|').map((word) => known('--flags', FLAG_NAMES, word));

/** The same flags in whatever order. */
const sameFlags = (words: string): string => [...new Set(words.split('|'))].sort().join('|');

/** Throws BadInput for what is there twice, and would be counted twice. */
function eachOnce(
  flag: string,
  given: readonly string[] | undefined,
  keyOf = (word: string) => word,
): void {
  const keys = given?.map(keyOf) ?? [];
  const again = keys.findIndex((key, i) => keys.indexOf(key) < i);
  if (again < 0) return;
  throw new BadInput(`${flag}: found "${given?.[again]}" a second time, expected each once`);
}

/** The bounds that the flags ask for; throws BadInput. */
export function diffBounds(given: DiffBoundsFlags): CompareBounds {
  eachOnce('--classes', given.classes);
  eachOnce('--calls', given.calls);
  eachOnce('--flags', given.flags, sameFlags);
  const pages = given.pages ?? PAGES;
  const vmas = Math.min(given.vmas ?? pages, pages);
  const classes = (given.classes ?? CLASSES).map((words) => vmaClassFrom(words, '--classes'));
  const calls = given.calls?.map((word): CallName => known('--calls', CALL_NAMES, word));
  const room = given.headroom ?? (given.limits === undefined ? HEADROOM : undefined);
  const headrooms = room === undefined ? undefined : rangeOf('--headroom', room, -pages);
  const limits =
    given.limits === undefined
      ? ([Math.max(0, headrooms?.[0] ?? 0), vmas + (headrooms?.[1] ?? 0)] as const)
      : rangeOf('--limits', given.limits, 0);
  return {
    pages,
    classes,
    vmas,
    identities: 1,
    displacements: classes.some(({ displaced }) => displaced === true) ? [0, 1] : [0],
    limits,
    ...(headrooms === undefined ? {} : { headrooms }),
    ...(calls === undefined ? {} : { calls }),
    mremap: {
      flags: given.flags?.map(flagsOf) ?? ANY_FLAGS,
      lengths: 'any',
      destinations: 'any',
      ...(given.odd === true ? { odd: true } : {}),
    },
  };
}
