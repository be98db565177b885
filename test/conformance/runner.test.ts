import { describe, expect, test } from 'vitest';
import { agrees, conform } from '../../src/conformance/conform.js';
import { KernelDied, KernelFailed } from '../../src/conformance/failed.js';
import { identify } from '../../src/conformance/identify.js';
import type { Kernel } from '../../src/conformance/kernel.js';
import { randomScenarios } from '../../src/conformance/random.js';
import { Runner } from '../../src/conformance/runner.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { dropped } from '../../src/model/edits.js';
import { machine } from '../../src/model/plan.js';
import { conformText } from '../../src/report/conform-text.js';
import { style } from '../../src/report/style.js';
import { release } from '../support/releases.js';
import { type Mortal, mortal, NEVER } from './kernels.js';

const on = machine(release('v6.12'));
const scenarios = [...randomScenarios(100, 1)];
const at = (...indices: readonly number[]): Scenario[] =>
  indices.map((i) => scenarios[i] as Scenario);

const dyingOf = (...fatal: readonly Scenario[]): Mortal =>
  mortal((scenario) => fatal.includes(scenario));

describe('a kernel that dies of a scenario', () => {
  test('is started anew for that one alone, and for the others', async () => {
    const { kernel, starts } = dyingOf(...at(2));
    const runner = new Runner(kernel, NEVER);
    const ran = await runner.run(at(0, 1, 2, 3));
    const [zero, one, two, three] = at(0, 1, 2, 3).map(({ id }) => id);
    expect(ran?.map((answer) => answer?.id)).toEqual([zero, one, undefined, three]);
    expect(starts).toEqual([[zero, one, two], [two], [zero, one, three]]);
    expect(runner.notSurvived).toEqual([
      { scenario: scenarios[2], lastWords: `panic in ${two}`, alone: 'died' },
    ]);
  });

  test('and survives it alone is told to, and goes on without it', async () => {
    const [zero, one, two, three] = at(0, 1, 2, 3).map(({ id }) => id as string);
    const { kernel, starts } = mortal(({ id }, before) => id === two && before.includes(`${zero}`));
    const runner = new Runner(kernel, NEVER);
    const ran = await runner.run(at(0, 1, 2, 3));
    expect(ran?.map((answer) => answer?.id)).toEqual([zero, one, undefined, three]);
    expect(runner.notSurvived).toMatchObject([{ scenario: scenarios[2], alone: 'survived' }]);
    expect(starts).toEqual([
      [zero, one, two],
      [two, two, one, one, zero, one, three],
    ]);
  });

  test.each([
    ['of the same batch', [at(0, 1, 2, 3)]],
    ['of the batch before', [at(0, 1), at(2, 3)]],
  ])('behind the answer is told to die of that scenario, %s', async (_, batches) => {
    const one = at(1)[0]?.id as string;
    const { kernel } = mortal((__, before) => before.includes(one));
    const runner = new Runner(kernel, NEVER);
    for (const batch of batches) expect(await runner.run(batch)).toHaveLength(batch.length);
    expect(runner.notSurvived).toEqual([
      { scenario: scenarios[1], lastWords: `panic in ${one}`, alone: 'died' },
    ]);
  });

  /** A kernel that complains when the process ends that ran a batch. */
  const complaining = (isFatal: (batch: readonly Scenario[]) => boolean): Mortal => {
    const { kernel, starts } = dyingOf();
    const run: Kernel['run'] = async (asked) => {
      const ran = await kernel.run(asked);
      if (isFatal(asked)) throw new KernelDied('complained behind it', asked);
      return ran;
    };
    return { kernel: { ...kernel, run }, starts };
  };

  test('behind a batch is told to die of the scenario that it dies behind alone', async () => {
    const [two] = at(2);
    const { kernel, starts } = complaining((batch) => batch.includes(two as Scenario));
    const runner = new Runner(kernel, NEVER);
    const ran = await runner.run(at(0, 1, 2, 3));
    expect(ran?.map((answer) => answer !== undefined)).toEqual([true, true, false, true]);
    expect(runner.notSurvived).toEqual([
      { scenario: two, lastWords: 'complained behind it', alone: 'died' },
    ]);
    // All four, one by one up to the third, and what is left.
    expect(starts.map((ids) => ids.length)).toEqual([4, 6, 3]);
  });

  test('behind a batch, and behind none of it alone, goes on behind the batch', async () => {
    const { kernel } = complaining(
      (batch) => new Set(batch).size > 1 && batch.includes(scenarios[0] as Scenario),
    );
    const runner = new Runner(kernel, NEVER);
    expect(await runner.run(at(0, 1, 2))).toEqual([undefined, undefined, undefined]);
    expect((await runner.run(at(3, 4)))?.map((answer) => answer?.id)).toEqual(
      at(3, 4).map(({ id }) => id),
    );
    expect(runner.notSurvived).toEqual([
      {
        scenario: scenarios[0],
        lastWords: 'complained behind it',
        alone: 'survived',
        others: at(1, 2),
      },
    ]);
  });

  test('behind a batch, and behind none of it alone, tells of each what became of it', async () => {
    const { kernel } = complaining(
      (batch) => new Set(batch).size > 1 && batch.includes(scenarios[0] as Scenario),
    );
    const found = await conform(kernel, on, at(0, 1, 2), { signal: NEVER });
    expect(found).toMatchObject({ compared: 0, notSetUp: 0, notSurvived: [{ others: at(1, 2) }] });
    const about = { kernel, release: 'v6.12', work: { kind: 'file', file: 'x' } } as const;
    const text = conformText({ ...about, found }, style(false));
    expect(text).toContain('2 scenarios left out with one that the kernel did not survive');
    expect(text).toContain(
      `survive ${scenarios[0]?.id} or one of the 2 that were run with it, but`,
    );
    expect(await identify(kernel, at(0, 1, 2), NEVER)).toMatchObject({ notSetUp: 0, evidence: [] });
  });

  test('is given up at the fourth, in however many batches', async () => {
    const { kernel, starts } = dyingOf(...at(1, 2, 4, 5));
    const runner = new Runner(kernel, NEVER);
    expect((await runner.run(at(0, 1, 2)))?.length).toBe(3);
    const [one, two, four, five] = at(1, 2, 4, 5).map(({ id }) => id);
    await expect(runner.run(at(3, 4, 5, 6))).rejects.toThrow(
      new KernelFailed(`panic in ${five}\nbefore that it did not survive ${one}, ${two}, ${four}`),
    );
    expect(runner.notSurvived.map(({ scenario: { id } }) => id)).toEqual([one, two, four]);
    expect(starts).toHaveLength(7);
  });

  test('is given up where it is not ours to start, or does not start', async () => {
    const { restart: _, ...fixed } = dyingOf(...at(1)).kernel;
    await expect(new Runner(fixed, NEVER).run(at(0, 1))).rejects.toThrow('panic in');
    const failing = mortal(({ id }) => id === at(1)[0]?.id, {
      restart: () => Promise.reject(new KernelFailed('it does not boot')),
    });
    const runner = new Runner(failing.kernel, NEVER);
    await expect(runner.run(at(0, 1))).rejects.toThrow('it does not boot');
    expect(runner.notSurvived).toMatchObject([{ scenario: scenarios[1], alone: 'not run' }]);
  });

  test('is not asked again after an interruption', async () => {
    const interruption = new AbortController();
    const { kernel, starts } = mortal(({ id }) => id === at(1)[0]?.id);
    const runner = new Runner(
      {
        ...kernel,
        restart: async () => {
          await kernel.restart?.(NEVER);
          interruption.abort();
        },
      },
      interruption.signal,
    );
    expect(await runner.run(at(0, 1, 2))).toBeUndefined();
    expect(runner.notSurvived).toMatchObject([{ alone: 'not run' }]);
    expect(starts.at(-1)).toEqual([]);
  });
});

describe('a comparison with a kernel that dies', () => {
  test('goes on with the others, and does not agree', async () => {
    const { kernel } = dyingOf(...at(3, 80));
    const found = await conform(kernel, on, scenarios, { signal: NEVER });
    expect(found).toMatchObject({ compared: 98, complete: true, failure: undefined, classes: [] });
    expect(found.notSurvived.map(({ scenario }) => scenario)).toEqual(at(3, 80));
    expect(agrees(found)).toBe(false);
  });

  test('keeps what was found where it is given up', async () => {
    const { kernel } = dyingOf(...at(3, 4, 5, 90));
    const found = await conform(kernel, on, scenarios, { signal: NEVER });
    expect(found).toMatchObject({ compared: 61, complete: false });
    expect(found.failure).toContain(`panic in ${scenarios[90]?.id}\nbefore that`);
    expect(found.notSurvived).toHaveLength(3);
  });

  test('keeps what it died of while a disagreement was shrunk', async () => {
    const wrong = dropped('mprotect', 'mprotect')(release('v6.12'));
    let deaths = 0;
    const { kernel } = mortal(
      (scenario) => !scenarios.includes(scenario) && deaths++ === 0,
      {},
      wrong,
    );
    const found = await conform(kernel, on, scenarios, { signal: NEVER });
    expect(found).toMatchObject({ complete: true, failure: undefined });
    expect(found.classes.length).toBeGreaterThan(0);
    expect(found.notSurvived).toMatchObject([{ alone: 'survived' }]);
  });

  test('names no release as which it behaves', async () => {
    const { kernel } = dyingOf(...at(1));
    const found = await identify(kernel, at(0, 1, 2), NEVER);
    expect(found).toMatchObject({ matches: [], notSetUp: 0, notSurvived: [{ alone: 'died' }] });
    expect(found?.evidence).toHaveLength(2);
  });
});
