import { describe, expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { fromReach } from '../../src/checker/counterexample.js';
import { reach } from '../../src/checker/reach/reach.js';
import { type Answer, confirm } from '../../src/conformance/confirm.js';
import { KernelDied } from '../../src/conformance/failed.js';
import type { Kernel } from '../../src/conformance/kernel.js';
import { machine } from '../../src/model/plan.js';
import { answerJson } from '../../src/report/confirm-json.js';
import { confirmText } from '../../src/report/confirm-text.js';
import { answerText } from '../../src/report/confirmed.js';
import { style } from '../../src/report/style.js';
import { traceOf } from '../../src/report/trace-of.js';
import { breachesOf, tracesIn } from '../../src/trace/read.js';
import type { BreachTrace, CallTrace, RaceTrace } from '../../src/trace/trace.js';
import {
  bounds,
  chargeOfNoVma,
  claim,
  enumerated,
  invariant,
  MOVES,
  READ_ONLY,
  WRITTEN,
} from '../support/claims.js';
import { release } from '../support/releases.js';
import { answering, modelKernel, NEVER } from './kernels.js';

type Outcomes = Exclude<Answer, { readonly reason: string } | { readonly notSurvived: object }>;

/** An answer with outcomes on both sides; throws for any other. */
function outcomes(answer: Answer): Outcomes {
  if ('model' in answer) return answer;
  throw new Error(JSON.stringify(answer));
}

async function asked(kernel: Kernel, id: string, one: BreachTrace): Promise<Answer> {
  const confirmations = await confirm(kernel, [one], () => release(id), NEVER);
  const [only] = confirmations ?? [];
  if (only === undefined) throw new Error('interrupted');
  return only.answer;
}

const onModel = (ref: string, id: string, one: BreachTrace): Promise<Answer> =>
  asked(modelKernel(ref), id, one);

describe('a counterexample of an enumeration', () => {
  const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds());
  const one = claim(found);

  test('is confirmed on a kernel that behaves as its release', async () => {
    const answer = outcomes(await onModel('v2.6.33', 'v2.6.33', one));
    expect(answer.state).toBe('confirmed');
    expect(answer.kernel.steps).toEqual(answer.model.steps);
    expect(answer.scenario).toMatchObject({
      pages: 4,
      headroom: found.limit - found.before.length,
      calls: [{ call: 'mremap', flags: ['MAYMOVE', 'FIXED'] }],
    });
  });

  test.each(['v5.1', 'v7.1'])('is not confirmed on %s, which mended it', async (ref) => {
    const answer = outcomes(await onModel(ref, 'v2.6.33', one));
    expect(answer.state).toBe('refuted');
    expect(answer.parting?.fields).toContain('totalVmDelta');
  });

  test('is not confirmed on a kernel that does not survive it, and says so', async () => {
    const right = modelKernel('v2.6.33');
    const kernel: Kernel = {
      ...right,
      run: async ([first]) => {
        if (first !== undefined) throw new KernelDied('the guest panicked', [first]);
        return [];
      },
      restart: async () => {},
    };
    const answer = await asked(kernel, 'v2.6.33', one);
    expect(answer).toMatchObject({
      state: 'refuted',
      notSurvived: { alone: 'died', lastWords: 'the guest panicked' },
    });
    const confirmations = [{ claim: one, release: release('v2.6.33'), answer }];
    const text = confirmText({ kernel, confirmations }, style(false));
    expect(text).toContain('not confirmed\n  the kernel did not survive claim-0, again when');
    expect(text).toContain('\n\n  the guest panicked\n');
    expect(answerJson(answer)).toMatchObject({
      state: 'refuted',
      reason: 'the kernel did not survive it: the guest panicked',
      scenario: { id: 'claim-0' },
    });
    const confirmed = { kernel: right, release: 'v2.6.33', answers: new Map() };
    expect(answerText(confirmed, answer)).toMatch(
      /: not confirmed on .*, which did not survive it$/,
    );
  });

  test('cannot be confirmed on a kernel that cannot set it up', async () => {
    const kernel = answering(modelKernel('v2.6.33'), (_, { id }) => ({ id, cannotSetUp: 'no' }));
    expect(await asked(kernel, 'v2.6.33', one)).toEqual({
      state: 'impossible',
      reason: 'the kernel cannot set it up: no',
    });
  });

  test('without a history is built VMA by VMA', async () => {
    const written = { ...(traceOf(found) as CallTrace), setup: null };
    const bare = claim(written);
    expect((await onModel('v2.6.33', 'v2.6.33', bare)).state).toBe('confirmed');
  });

  test.each([
    ['written and locked', [{ ...WRITTEN, locked: true }]],
    ['written, then read-only', [{ ...WRITTEN, prot: 'r' as const }]],
    ['of files', [{ kind: 'fshared' as const, prot: 'rw' as const, populated: false }]],
  ])('is built without a history from VMAs %s', async (_, classes) => {
    const other = enumerated('v2.6.33', 'limit-enomem-untouched', bounds({ classes }));
    const written = { ...(traceOf(other) as CallTrace), setup: null };
    const bare = claim(written);
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
    const answer = await onModel('v6.12', 'v6.12', claim(locked));
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
    const answer = outcomes(await onModel('v2.6.33', 'v2.6.33', claim(found)));
    expect(answer.state).toBe('confirmed');
    expect(answer.scenario).toMatchObject({ setup: [], headroom: 3 });
    expect(answer.scenario.calls.length).toBeGreaterThan(1);
  });

  test('cannot be repeated where mmap() has a limit of its own', async () => {
    if (found === undefined) throw new Error('it holds');
    const written = traceOf(found) as CallTrace;
    const other = { ...written, limits: { ...written.limits, mmapCap: 9 } };
    expect(await onModel('v2.6.33', 'v2.6.33', claim(other))).toEqual({
      state: 'impossible',
      reason: 'mmap() has a limit of its own in it',
    });
  });
});

describe('a counterexample that looks like a kept promise', () => {
  const hiding = (ref: string): Kernel => ({ ...modelKernel(ref), hides: ['committedDelta'] });
  const charge = chargeOfNoVma();
  const sealed = bounds({ classes: [{ ...READ_ONLY, prot: 'rw', sealed: true }], vmas: 1 });

  test('in a counter is not to be confirmed where the kernel does not show it', async () => {
    expect(await asked(hiding('v5.7'), 'v5.7', charge)).toEqual({
      state: 'impossible',
      reason: 'the kernel does not show committedDelta, which the promise is about',
    });
    expect((await onModel('v5.7', 'v5.7', charge)).state).toBe('confirmed');
  });

  test('in another counter is confirmed there', async () => {
    const within = {
      classes: [{ ...WRITTEN, locked: true }],
      vmas: 1,
      limits: [8, 8] as const,
      mremap: { ...MOVES, flags: [['MAYMOVE', 'DONTUNMAP'] as const] },
    };
    const locked = claim(enumerated('v6.12', 'locked-vm-exact', bounds(within)));
    expect((await asked(hiding('v6.12'), 'v6.12', locked)).state).toBe('confirmed');
  });

  test('in a counter is told by what is left when all is unmapped', async () => {
    const answer = outcomes(await onModel('v6.1', 'v5.7', charge));
    expect(answer).toMatchObject({
      state: 'refuted',
      parting: { call: 1, fields: ['committedDelta'] },
      scenario: { calls: [{}, { call: 'munmap', addr: 0, len: 5 }] },
    });
  });

  test('of a seal is not to be confirmed where nothing can be sealed', async () => {
    const one = claim(enumerated('v6.17', 'sealed-source-eperm', sealed));
    expect((await onModel('v6.17', 'v6.17', one)).state).toBe('confirmed');
    expect(await onModel('v6.1', 'v6.17', one)).toEqual({
      state: 'impossible',
      reason: 'the kernel cannot set it up: mseal() returns ENOSYS',
    });
  });

  test('of an errno is told by what is returned with map slots to spare', async () => {
    const within = bounds({ classes: [{ ...READ_ONLY, kind: 'fshared' }], vmas: 1 });
    const one = claim(enumerated('v6.1', 'errno-precedence-stable', within));
    expect((await onModel('v6.1', 'v6.1', one)).state).toBe('confirmed');
    const answer = outcomes(await onModel('v6.18', 'v6.1', one));
    expect(answer).toMatchObject({
      state: 'refuted',
      parting: { call: 0, fields: ['result'] },
      scenario: { headroom: 1000 },
    });
  });

  test('of a change that does not show is not to be confirmed', async () => {
    const within = bounds({ classes: [READ_ONLY], vmas: 1 });
    const refused = claim(enumerated('v6.12', 'no-needless-enomem', within));
    expect((await onModel('v6.12', 'v6.12', refused)).state).toBe('confirmed');
    const hidden = { ...refused, invariant: 'error-untouched' };
    expect(await onModel('v6.12', 'v6.12', hidden)).toEqual({
      state: 'impossible',
      reason: 'what is changed does not show in the layout or the contents',
    });
  });
});

describe('what no scenario can say is named', () => {
  const impossible = (reason: string) => ({ state: 'impossible', reason });

  test('a race', async () => {
    const { trace, pages, maxMapCount, setup, setupExhausted, setupSearched, ...rest } = traceOf(
      enumerated('v2.6.33', 'limit-enomem-untouched', bounds()),
    ) as CallTrace;
    const { before, after, release, invariant, statement, explanation } = rest;
    const race: RaceTrace = {
      ...{ trace, pages, maxMapCount, setup, setupExhausted, setupSearched, before, after },
      ...{ release, invariant, statement, explanation, bounds: null, kind: 'race' },
      ...{ threads: [], maxMapCountAfter: maxMapCount, interleaving: [] },
    };
    expect(await onModel('v6.12', 'v6.12', claim(race))).toEqual(
      impossible('it is a race of threads'),
    );
  });

  test.each<[string, string, string, Partial<EnumerateBounds>]>([
    [
      'alloc_new_pmd is made to fail in it, which takes fault injection',
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
    expect(await onModel(id, id, claim(found))).toEqual(impossible(reason));
  });

  test('an address space that no calls are known to build', async () => {
    const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds({ classes: [WRITTEN] }));
    const written = traceOf(found) as CallTrace;
    const before = written.before.map((vma) => ({ ...vma, accounted: !vma.accounted }));
    const odd = { ...written, setup: null, before };
    expect(await onModel('v2.6.33', 'v2.6.33', claim(odd))).toEqual(
      impossible('no calls are known that build its address space'),
    );
  });
});

describe('a file', () => {
  const found = enumerated('v2.6.33', 'limit-enomem-untouched', bounds());
  const shown = traceOf(found);
  const verdict = {
    invariant: 'limit-enomem-untouched',
    release: 'v2.6.33',
    counterexample: shown,
  };
  const report = { specs: [{ checks: [{ verdicts: [verdict, { counterexample: null }] }] }] };

  test.each([
    ['a report', report],
    ['a verdict', verdict],
    ['a counterexample', shown],
    ['a list of them', [shown]],
  ])('may be %s', (_, value) => {
    const traces = breachesOf(tracesIn(JSON.parse(JSON.stringify(value)), 'file.json: '));
    expect(traces).toEqual([shown]);
  });

  test('that is none of these has none', () => {
    expect(tracesIn({ specs: [] }, 'file.json: ')).toEqual([]);
    expect(tracesIn('text', 'file.json: ')).toEqual([]);
  });

  test('with a broken counterexample is refused, with its place', () => {
    const broken = {
      specs: [{ verdicts: [{ ...verdict, counterexample: { ...shown, pages: 99 } }] }],
    };
    expect(() => tracesIn(broken, 'file.json: ')).toThrow(
      /^file\.json: \.specs\[0\]\.verdicts\[0\]\.counterexample: \.pages: found 99, expected the pages/,
    );
  });
});
