import { describe, expect, test } from 'vitest';
import { isAccountedAnyway, type VmaClass } from '../../src/checker/bounds.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import type { Vmas } from '../../src/model/address-space.js';
import { Kind } from '../../src/model/vma.js';
import { everyRelease } from '../support/releases.js';
import { DISPLACEMENTS, mapped, reached, type Window } from './reached.js';

// "After any history" is true of what enumerate starts from only if calls lead nowhere else: what they
// reach from an empty window must be among the address spaces of the bounds.

const isPrivate = ({ kind }: VmaClass): boolean => Kind[kind] < Kind.fshared;

const withOf = (classes: readonly VmaClass[], given: Partial<VmaClass>): VmaClass[] => [
  ...classes,
  ...classes.map((one) => ({ ...one, ...given })),
];

/** Every class that specs have words for. */
function everyClass(window: Window): VmaClass[] {
  const { calls = [] } = window;
  const plain = mapped(window).flatMap((one) => [
    one,
    ...(isPrivate(one) ? [{ ...one, populated: true }] : []),
    ...(one.kind === 'anon' ? [{ ...one, displaced: true }] : []),
    ...(one.kind === 'fpriv' ? [{ ...one, populated: true, away: true }] : []),
  ]);
  let classes = plain.flatMap((one) =>
    isPrivate(one) ? [one, { ...one, accounted: !isAccountedAnyway(one) }] : [one],
  );
  if (calls.includes('mlock')) classes = withOf(classes, { locked: true });
  if (calls.includes('mseal')) classes = withOf(classes, { sealed: true });
  if (calls.includes('uffd')) classes = withOf(classes, { armed: true });
  return classes;
}

/** As many identities as pages: each may have been written by itself. */
const enumerated = ({ pages }: Window, classes: readonly VmaClass[]): Set<string> =>
  new Set(
    [
      ...addressSpaces({
        pages,
        classes,
        vmas: pages,
        identities: pages,
        displacements: DISPLACEMENTS,
      }),
    ].map((vmas) => vmas.join()),
  );

const missing = (states: readonly Vmas[], known: ReadonlySet<string>): Vmas[] =>
  states.filter((vmas) => !known.has(vmas.join()));

const WINDOWS: readonly (readonly [string, Window])[] = [
  ['anonymous memory', { pages: 3, kinds: ['anon'] }],
  ['anonymous memory near the limit', { pages: 3, kinds: ['anon'], limit: 4 }],
  ['odd arguments', { pages: 2, kinds: ['anon'], odd: true }],
  [
    'locked, sealed and armed memory',
    { pages: 2, kinds: ['anon'], calls: ['mlock', 'munlock', 'mseal', 'uffd'] },
  ],
  ['private files', { pages: 2, kinds: ['anon', 'fpriv'], calls: ['mlock', 'munlock'] }],
  ['shared files and memory', { pages: 2, kinds: ['fshared', 'shm'], calls: ['mlock', 'uffd'] }],
  ['what drivers map', { pages: 2, kinds: ['anon', 'ramfs', 'special'] }],
  ['huge pages', { pages: 4, kinds: ['hugetlb'] }],
];

describe.each(WINDOWS)('what calls leave of %s', (_, window) => {
  const known = enumerated(window, everyClass(window));

  test.each(everyRelease)('is enumerated: %s', (_id, release) => {
    const states = reached(release, window);
    expect(states.length).toBeGreaterThan(4);
    expect(missing(states, known)).toEqual([]);
  });
});

/** The source of DONTUNMAP has no anon_vma any more, and keeps the page offset: from 5.12 on, and until it was mended. */
const DISPLACES = [
  'v5.12',
  'v5.13',
  'v5.16',
  'v6.1',
  'v6.5.3',
  'v6.7',
  'v6.10',
  'v6.12',
  'v6.15',
  'v6.16',
  'v6.17-rc1',
  'v6.17',
  'v6.17.5',
  'v6.18',
  'v7.1',
];

/** DONTUNMAP takes VM_ACCOUNT from all of its source VMA. */
const TAKES_ACCOUNT = ['v6.15', 'v6.16', 'v6.17-rc1', 'v6.17.5'];

/** In 6.5 other moves do so too. */
const UNACCOUNTS = ['v6.5.3', ...TAKES_ACCOUNT];

describe('of anonymous memory no class is needless', () => {
  const window: Window = { pages: 3, kinds: ['anon'] };
  const without = (isLeftOut: (one: VmaClass) => boolean): Set<string> =>
    enumerated(
      window,
      everyClass(window).filter((one) => !isLeftOut(one)),
    );
  const noDisplaced = without(({ displaced }) => displaced === true);
  const noUnaccounted = without(({ accounted }) => accounted === false);
  const noAccounted = without(({ accounted }) => accounted === true);

  test.each(everyRelease)('%s', (id, release) => {
    const states = reached(release, window);
    const isNeeded = (known: Set<string>): boolean => missing(states, known).length > 0;
    expect({
      displaced: isNeeded(noDisplaced),
      unaccounted: isNeeded(noUnaccounted),
      accounted: isNeeded(noAccounted),
    }).toEqual({
      displaced: DISPLACES.includes(id),
      unaccounted: UNACCOUNTS.includes(id),
      // What was writable and is not stays accounted; from 6.7 on only if it was written, and has lost its anon_vma.
      accounted: !TAKES_ACCOUNT.includes(id),
    });
  });
});
