import { describe, expect, test } from 'vitest';
import type { EnumerateBounds, VmaClass } from '../../src/checker/bounds.js';
import {
  type Counterexample,
  fromEnumeration,
  fromReach,
} from '../../src/checker/counterexample.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { reach } from '../../src/checker/reach.js';
import { type Claim, claimOf, claimsIn } from '../../src/conformance/claim.js';
import { type Answer, confirm } from '../../src/conformance/confirm.js';
import type { Kernel } from '../../src/conformance/kernel.js';
import { invariantById } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { machine } from '../../src/model/run.js';
import { shownJson } from '../../src/report/json.js';
import { release } from '../support/releases.js';
import { answering, modelKernel, NEVER } from './kernels.js';

const invariant = (id: string): Invariant => {
  const found = invariantById(id);
  if (found === undefined) throw new RangeError(`no invariant ${id}`);
  return found;
};

const READ_ONLY: VmaClass = { kind: 'anon', prot: 'r', populated: false };
const WRITTEN: VmaClass = { kind: 'anon', prot: 'rw', populated: true };
const MOVES = { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' } as const;

const bounds = (change: Partial<EnumerateBounds> = {}): EnumerateBounds => ({
  pages: 4,
  classes: [READ_ONLY],
  vmas: 2,
  identities: 1,
  displacements: [0],
  limits: [0, 8],
  mremap: MOVES,
  ...change,
});

function enumerated(id: string, broken: string, within: EnumerateBounds): Counterexample {
  const on = machine(release(id));
  const [finding] = enumeratePart(on, within, [invariant(broken)]).findings;
  const found = finding && fromEnumeration(on, within, invariant(broken), finding);
  if (found === undefined) throw new Error(`${broken} holds on ${id}`);
  return found;
}

/** As it comes out of a file. */
const claim = (shown: Counterexample | object, id: string, broken: string): Claim => {
  const written = 'micro' in shown ? shownJson(shown as Counterexample) : shown;
  return claimOf(JSON.parse(JSON.stringify(written)), { invariant: broken, release: id }, 'here');
};

async function asked(kernel: Kernel, id: string, one: Claim): Promise<Answer> {
  const confirmations = await confirm(kernel, [one], () => release(id), NEVER);
  const [only] = confirmations ?? [];
  if (only === undefined) throw new Error('interrupted');
  return only.answer;
}

const onModel = (ref: string, id: string, one: Claim): Promise<Answer> =>
  asked(modelKernel(ref), id, one);

describe('a counterexample of an enumeration', () => {
  const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds());
  const one = claim(found, 'v2.6.33', 'limit-enomem-untouched');

  test('is confirmed on a kernel that behaves as its release', async () => {
    const answer = await onModel('v2.6.33', 'v2.6.33', one);
    if (answer.state === 'impossible') throw new Error(answer.reason);
    expect(answer.state).toBe('confirmed');
    expect(answer.kernel.steps).toEqual(answer.model.steps);
    expect(answer.scenario).toMatchObject({
      pages: 4,
      headroom: found.limit - found.before.length,
      calls: [{ call: 'mremap', flags: ['MAYMOVE', 'FIXED'] }],
    });
  });

  test.each(['v5.1', 'v7.1'])('is not confirmed on %s, which mended it', async (ref) => {
    const answer = await onModel(ref, 'v2.6.33', one);
    if (answer.state === 'impossible') throw new Error(answer.reason);
    expect(answer.state).toBe('refuted');
    expect(answer.parting?.fields).toContain('totalVmDelta');
  });

  test('cannot be confirmed on a kernel that cannot set it up', async () => {
    const kernel = answering(modelKernel('v2.6.33'), (_, { id }) => ({ id, cannotSetUp: 'no' }));
    expect(await asked(kernel, 'v2.6.33', one)).toEqual({
      state: 'impossible',
      reason: 'the kernel cannot set it up: no',
    });
  });

  test('without a history is built VMA by VMA', async () => {
    const written = { ...(shownJson(found) as { setup: unknown }), setup: null };
    const bare = claim(written, 'v2.6.33', 'limit-enomem-untouched');
    expect((await onModel('v2.6.33', 'v2.6.33', bare)).state).toBe('confirmed');
  });

  test.each([
    ['written and locked', [{ ...WRITTEN, locked: true }]],
    ['written, then read-only', [{ ...WRITTEN, prot: 'r' as const }]],
    ['of files', [{ kind: 'fshared' as const, prot: 'rw' as const, populated: false }]],
  ])('is built without a history from VMAs %s', async (_, classes) => {
    const other = enumerated('v2.6.33', 'limit-enomem-untouched', bounds({ classes }));
    const written = { ...(shownJson(other) as { setup: unknown }), setup: null };
    const bare = claim(written, 'v2.6.33', 'limit-enomem-untouched');
    expect((await onModel('v2.6.33', 'v2.6.33', bare)).state).toBe('confirmed');
  });

  test('goes where it went in the model if the kernel has the choice', async () => {
    const locked = enumerated(
      'v6.12',
      'locked-vm-exact',
      bounds({
        classes: [{ ...WRITTEN, locked: true }],
        vmas: 1,
        limits: [8, 8],
        mremap: { ...MOVES, flags: [['MAYMOVE', 'DONTUNMAP']] },
      }),
    );
    const answer = await onModel('v6.12', 'v6.12', claim(locked, 'v6.12', 'locked-vm-exact'));
    expect(answer.state).toBe('confirmed');
  });
});

describe('a counterexample of a search from an empty window', () => {
  const within = {
    pages: 3,
    limit: 3,
    mmapCap: 3,
    classes: [READ_ONLY],
    calls: ['mmap', 'munmap', 'mremap'],
    mremap: MOVES,
    maxStates: 100_000,
  } as const;
  const broken = invariant('limit-enomem-untouched');
  const on = machine(release('v2.6.33'));
  const [finding] = reach(on, within, [broken]).findings;
  const found = finding && fromReach(on, within, broken, finding);

  test('is repeated under the limit from the first call on', async () => {
    if (found === undefined) throw new Error('it holds');
    const answer = await onModel('v2.6.33', 'v2.6.33', claim(found, 'v2.6.33', broken.id));
    if (answer.state === 'impossible') throw new Error(answer.reason);
    expect(answer.state).toBe('confirmed');
    expect(answer.scenario).toMatchObject({ setup: [], headroom: 3 });
    expect(answer.scenario.calls.length).toBeGreaterThan(1);
  });

  test('cannot be repeated where mmap() has a limit of its own', async () => {
    if (found === undefined) throw new Error('it holds');
    const written = shownJson(found) as { limits: object };
    const other = { ...written, limits: { ...written.limits, mmapCap: 9 } };
    expect(await onModel('v2.6.33', 'v2.6.33', claim(other, 'v2.6.33', broken.id))).toEqual({
      state: 'impossible',
      reason: 'mmap() has a limit of its own in it',
    });
  });
});

describe('what no scenario can say is named', () => {
  const impossible = (reason: string) => ({ state: 'impossible', reason });

  test('a race', async () => {
    const race = { explanation: '', before: [], threads: [] };
    expect(await onModel('v6.12', 'v6.12', claim(race, 'v6.12', 'race-enomem-untouched'))).toEqual(
      impossible('it is a race of threads'),
    );
  });

  test.each<[string, string, string, Partial<EnumerateBounds>]>([
    [
      'something is made to fail in it (alloc_new_pmd)',
      'v5.16',
      'commit-exact',
      { classes: [{ ...WRITTEN }], limits: [12, 12], failures: 1, vmas: 1 },
    ],
    [
      'it has limits of the process besides max_map_count',
      'v2.6.33',
      'limit-enomem-untouched',
      { resources: { rlimitAs: 3 } },
    ],
    [
      "a driver's mapping is in it",
      'v2.6.33',
      'limit-enomem-untouched',
      { classes: [{ kind: 'special', prot: 'r', populated: false }] },
    ],
    [
      'huge pages are in it',
      'v2.6.33',
      'error-untouched',
      { classes: [{ kind: 'hugetlb', prot: 'r', populated: false }] },
    ],
    [
      'userfaultfd is in it',
      'v2.6.33',
      'limit-enomem-untouched',
      { classes: [{ ...READ_ONLY, armed: true }] },
    ],
    [
      'max_map_count is below map_count in it',
      'v2.6.33',
      'limit-enomem-untouched',
      { limits: [0, 0], vmas: 1 },
    ],
  ])('%s', async (reason, id, broken, change) => {
    const found = enumerated(id, broken, bounds(change));
    expect(await onModel(id, id, claim(found, id, broken))).toEqual(impossible(reason));
  });

  test('an address space that no calls are known to build', async () => {
    const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds({ classes: [WRITTEN] }));
    const written = shownJson(found) as { before: { accounted: boolean }[] };
    const before = written.before.map((vma) => ({ ...vma, accounted: !vma.accounted }));
    const odd = { ...written, setup: null, before };
    expect(
      await onModel('v2.6.33', 'v2.6.33', claim(odd, 'v2.6.33', 'limit-enomem-untouched')),
    ).toEqual(impossible('no calls are known that build its address space'));
  });
});

describe('a file', () => {
  const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds());
  const shown = shownJson(found);
  const verdict = {
    invariant: 'limit-enomem-untouched',
    release: 'v2.6.33',
    counterexample: shown,
  };
  const report = { specs: [{ checks: [{ verdicts: [verdict, { counterexample: null }] }] }] };

  test.each([
    ['a report', report, 'v2.6.33'],
    ['a verdict', verdict, 'v2.6.33'],
    ['a counterexample', shown, undefined],
    ['a list of them', [shown], undefined],
  ])('may be %s', (_, value, id) => {
    const claims = claimsIn(JSON.parse(JSON.stringify(value)), 'file.json: ');
    expect(claims).toHaveLength(1);
    expect(claims[0]?.release).toBe(id);
  });

  test('that is none of these has none', () => {
    expect(claimsIn({ specs: [] }, 'file.json: ')).toEqual([]);
    expect(claimsIn('text', 'file.json: ')).toEqual([]);
  });

  test('with a broken counterexample is refused, with its place', () => {
    const broken = {
      specs: [{ verdicts: [{ ...verdict, counterexample: { ...shown, pages: 99 } }] }],
    };
    expect(() => claimsIn(broken, 'file.json: ')).toThrow(
      /^file\.json: \.specs\[0\]\.verdicts\[0\]\.counterexample: \.pages: found 99, expected the pages/,
    );
  });
});
