import type { CompareBounds, VmaClass } from '../../src/checker/bounds.js';
import { comparePart } from '../../src/checker/compare.js';
import { machine } from '../../src/model/plan.js';
import { CALL_NAMES, type CallName, type Release } from '../../src/model/release.js';
import { ANY_FLAGS, vmaClassFrom } from '../../src/specs/load.js';
import { type Change, changesOf } from '../../src/verify/diff.js';

/** What neighbouring releases are compared in. */
export interface Window {
  readonly name: string;
  readonly says: string;
  readonly bounds: CompareBounds;
  /** Not where a release does not have this call: nothing there is in such a state. */
  readonly needs?: CallName;
}

const HEADROOMS = [0, 8] as const;
const MREMAP = { flags: ANY_FLAGS, lengths: 'any', destinations: 'any' } as const;
const classesOf = (...words: readonly string[]): VmaClass[] =>
  words.map((one) => vmaClassFrom(one, 'a window'));

const window = (
  pages: number,
  vmas: number,
  classes: readonly string[],
  more: Partial<CompareBounds> = {},
): CompareBounds => ({
  pages,
  vmas,
  classes: classesOf(...classes),
  identities: 1,
  displacements: [0],
  limits: [0, vmas + HEADROOMS[1]],
  headrooms: HEADROOMS,
  mremap: MREMAP,
  ...more,
});

const OTHER_CALLS = CALL_NAMES.filter((call) => call !== 'mremap');

/** The plainest first: what one of them shows is not listed again for those behind it. */
export const WINDOWS: readonly Window[] = [
  {
    name: 'plain',
    says: 'anonymous memory, written and not',
    bounds: window(4, 4, ['anon rw', 'anon rw populated']),
  },
  {
    name: 'wide',
    says: 'FIXED alone, with room for a source that is cut and a destination',
    bounds: window(5, 3, ['anon rw'], { mremap: { ...MREMAP, flags: [['MAYMOVE', 'FIXED']] } }),
  },
  {
    name: 'kinds',
    says: 'a VMA of any kind, and another',
    bounds: window(4, 2, [
      'anon r',
      'fpriv rw populated',
      'fshared rw',
      'shm rw',
      'ramfs rw',
      'special rw',
      'hugetlb rw',
    ]),
  },
  {
    name: 'locked',
    says: 'locked memory',
    bounds: window(4, 2, ['anon rw', 'anon rw populated locked']),
  },
  {
    name: 'armed',
    says: 'memory registered with userfaultfd',
    bounds: window(4, 2, ['anon rw', 'anon rw armed']),
    needs: 'uffd',
  },
  {
    name: 'sealed',
    says: 'sealed memory',
    bounds: window(4, 2, ['anon rw', 'anon rw sealed']),
    needs: 'mseal',
  },
  {
    name: 'odd',
    says: 'empty, unaligned and overlong ranges',
    bounds: window(3, 2, ['anon rw', 'fshared rw', 'hugetlb rw'], {
      mremap: { ...MREMAP, odd: true },
    }),
  },
  {
    name: 'moved',
    says: 'memory that has been moved: its page offsets are not those of its place',
    bounds: window(3, 3, ['anon rw populated'], { identities: 2, displacements: [-1, 0, 1] }),
  },
  {
    name: 'calls',
    says: 'the other calls',
    bounds: window(3, 3, ['anon rw', 'anon rw populated', 'hugetlb rw'], { calls: OTHER_CALLS }),
  },
];

const has = ({ calls }: Release, call: CallName | undefined): boolean =>
  call === undefined || !calls[call].some(({ errnos }) => errnos?.includes('ENOSYS'));

/** The changes between two releases in a window; undefined if one of them has nothing of what it is about. */
export function changesIn(a: Release, b: Release, { bounds, needs }: Window): Change[] | undefined {
  if (!has(a, needs) || !has(b, needs)) return undefined;
  const on = [machine(a), machine(b)] as const;
  return changesOf(comparePart(on, bounds).classes);
}
