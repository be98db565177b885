import { describe, expect, test } from 'vitest';
import { conform } from '../../src/conformance/conform.js';
import { KernelFailed } from '../../src/conformance/failed.js';
import { randomScenarios } from '../../src/conformance/random.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { mortal, NEVER } from './kernels.js';

const on = machine(releaseByRef('v6.12'));
const scenarios = [...randomScenarios(64, 1)];

const shrinks = ({ setup, calls }: Scenario): boolean =>
  [...setup, ...calls].some((call) => call.call === 'mremap' && call.newLen < call.oldLen);

describe('a scenario that a kernel does not survive', () => {
  const fatal = scenarios.find(shrinks) as Scenario;

  test('is made as small as it goes, also in its set-up', async () => {
    const { kernel } = mortal((one) => shrinks(one));
    const found = await conform(kernel, on, [fatal], { signal: NEVER });
    const [only] = found.notSurvived;
    expect(only).toMatchObject({ scenario: fatal, alone: 'died' });
    const { scenario, lastWords } = only?.smallest ?? {};
    const { setup = [], calls = [] } = scenario ?? {};
    expect([...setup, ...calls]).toHaveLength(1);
    expect([...setup, ...calls][0]).toMatchObject({ call: 'mremap', newLen: 0, flags: [] });
    expect(lastWords).toBe(`panic in ${fatal.id}`);
  });

  test('stays within what the kernel says of it', async () => {
    const small = ({ setup, calls }: Scenario): boolean => setup.length + calls.length < 3;
    const { kernel } = mortal(
      (one) => shrinks(one),
      {},
      undefined,
      (one) => `ended in ${one.id}; it said:\n  ${small(one) ? 'BUG: 12 other' : 'BUG: 34 this'}`,
    );
    const { notSurvived } = await conform(kernel, on, [fatal], { signal: NEVER });
    const { setup = [], calls = [] } = notSurvived[0]?.smallest?.scenario ?? {};
    expect(setup.length + calls.length).toBeGreaterThanOrEqual(3);
    expect(notSurvived[0]?.smallest?.lastWords).toContain('34 this');
  });

  test('is made smaller in so many starts, and no more', async () => {
    const { kernel, starts } = mortal(({ setup, calls }) => setup.length + calls.length > 0);
    const found = await conform(kernel, on, [fatal], { signal: NEVER });
    expect(found.notSurvived[0]?.smallest).toBeDefined();
    // One for the run, one for it alone, one to begin with, and those that end.
    expect(starts.length).toBeLessThanOrEqual(3 + 16);
  });

  test('is left as it is after an interruption, and where the kernel does not start', async () => {
    const interruption = new AbortController();
    const one = mortal((asked) => shrinks(asked));
    const restart = async (): Promise<void> => {
      await one.kernel.restart?.(NEVER);
      if (one.starts.length === 3) interruption.abort();
    };
    const cut = await conform({ ...one.kernel, restart }, on, [fatal], {
      signal: interruption.signal,
    });
    expect(cut.complete).toBe(false);
    expect(cut.notSurvived).toEqual([
      { scenario: fatal, lastWords: `panic in ${fatal.id}`, alone: 'died' },
    ]);

    const other = mortal((asked) => shrinks(asked));
    const fails = async (): Promise<void> => {
      if (other.starts.length === 3) throw new KernelFailed('it does not boot');
      await other.kernel.restart?.(NEVER);
    };
    const failed = await conform({ ...other.kernel, restart: fails }, on, [fatal], {
      signal: NEVER,
    });
    expect(failed).toMatchObject({ complete: false, failure: 'it does not boot' });
    expect(failed.notSurvived).toEqual(cut.notSurvived);
  });

  test('of several is made smaller each, also where the run was given up', async () => {
    const { kernel } = mortal((one) => shrinks(one));
    const found = await conform(kernel, on, scenarios, { signal: NEVER });
    expect(found.failure).toContain('before that it did not survive');
    expect(found.notSurvived).toHaveLength(3);
    for (const { smallest } of found.notSurvived) {
      expect(smallest?.scenario.setup.length).toBeLessThanOrEqual(1);
    }
  });
});
