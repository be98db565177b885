import { Errno } from '../model/errno.js';
import { inCountersAlone } from './behaviour.js';
import type { BehaviourClass } from './compare.js';
import { byRank, type Witness } from './findings.js';
import { NOTHING_CHANGED, type Seen } from './sight.js';

/** Classes of behaviour put together as specs expect them: not how an address space changed, but whether. */
export interface CoarseClass {
  readonly shape: string;
  /** Outcome in the first release, and in the second. */
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Least and greatest headroom at which it happens. */
  readonly headroom: readonly [number, number];
  readonly witness: Witness;
}

const CHANGED = ', address space changed';
/** Where a caller sees the same on both releases. */
const OTHER_VMAS = ', other VMAs';

/** What a caller may see on one release. */
export const OUTCOMES: readonly string[] = [
  'ok',
  ...Object.keys(Errno).flatMap((errno) => [errno, `${errno}${CHANGED}`]),
];

/** What is said of the second release, beside what is said of the first. */
export const secondOutcome = (was: string, is: string): string =>
  was === is ? `${is}${OTHER_VMAS}` : is;

function wordsOf({ result, effect }: Seen): string {
  if (result === 'ok') return result;
  return effect === NOTHING_CHANGED ? result : `${result}${CHANGED}`;
}

function coarse({ shape, from, to, count, headrooms, witness }: BehaviourClass): CoarseClass {
  const [was, is] = [wordsOf(from), wordsOf(to)];
  const headroom = [headrooms[0] as number, headrooms.at(-1) as number] as const;
  return { shape, from: was, to: secondOutcome(was, is), count, headroom, witness };
}

function joined(a: CoarseClass, b: CoarseClass): CoarseClass {
  return {
    ...a,
    count: a.count + b.count,
    headroom: [Math.min(a.headroom[0], b.headroom[0]), Math.max(a.headroom[1], b.headroom[1])],
    witness: byRank(a.witness, b.witness) <= 0 ? a.witness : b.witness,
  };
}

const keyOf = ({ shape, from, to }: CoarseClass): string => `${shape}|${from}|${to}`;

/** The classes of results and VMAs; what differs in counters alone is for the invariants about these. */
export function coarseClasses(classes: readonly BehaviourClass[]): CoarseClass[] {
  const found = new Map<string, CoarseClass>();
  for (const one of classes) {
    if (inCountersAlone(one)) continue;
    const mine = coarse(one);
    const other = found.get(keyOf(mine));
    found.set(keyOf(mine), other === undefined ? mine : joined(other, mine));
  }
  return [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
