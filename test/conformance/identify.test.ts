import { describe, expect, test } from 'vitest';
import { distinguishing } from '../../src/conformance/distinguish.js';
import { type Identification, identify } from '../../src/conformance/identify.js';
import type { Kernel } from '../../src/conformance/kernel.js';
import type { Release } from '../../src/model/release.js';
import { knownReleases } from '../../src/model/releases/index.js';
import { identifyText } from '../../src/report/identify-text.js';
import { style } from '../../src/report/style.js';
import { everyRelease } from '../support/releases.js';
import { answering, modelKernel, NEVER } from './kernels.js';

const { scenarios, groups } = await distinguishing(knownReleases, []);
const blind = await distinguishing(knownReleases, ['committedDelta']);

const ids = (some: readonly Release[]): string[] => some.map(({ id }) => id);

async function identified(kernel: Kernel, by = scenarios): Promise<Identification> {
  const found = await identify(kernel, by, NEVER);
  if (found === undefined) throw new Error('interrupted');
  return found;
}

describe('the scenarios that tell releases apart', () => {
  test('leave none together', () => {
    expect(groups).toEqual(knownReleases.map((release) => [release]));
  });

  test('are few and small', () => {
    expect(scenarios.length).toBeLessThan(25);
    for (const { setup, calls } of scenarios) {
      expect(setup.length + calls.length).toBeLessThanOrEqual(7);
    }
  });

  test('do not rest on what the kernel does not show', () => {
    // Only the commit charge tells 5.7 from 5.11.
    const together = blind.groups.filter((group) => group.length > 1).map(ids);
    expect(together).toContainEqual(['v5.7', 'v5.11']);
    expect(blind.groups.length).toBeGreaterThan(14);
  });
});

describe.each(everyRelease)('%s as a kernel', (id, one) => {
  const alike = ids(groups.find((group) => group.includes(one)) ?? []);

  test('is named, with those that nothing tells from it', async () => {
    const { matches, evidence, agreeing, notSetUp } = await identified(modelKernel(id));
    expect(ids(matches)).toEqual(alike);
    expect(agreeing).toBe(evidence.length);
    expect(notSetUp).toBe(0);
  });

  test('is named where it hides the commit charge', async () => {
    const kernel: Kernel = { ...modelKernel(id), hides: ['committedDelta'] };
    const other = answering(kernel, (ran) =>
      'cannotSetUp' in ran
        ? ran
        : { ...ran, steps: ran.steps.map((step) => ({ ...step, committedDelta: 7 })) },
    );
    const { matches } = await identified(other, blind.scenarios);
    expect(matches).toContain(one);
    expect(ids(matches)).toEqual(ids(blind.groups.find((group) => group.includes(one)) ?? []));
  });
});

test('the evidence names no counter that the kernel does not show', async () => {
  const found = await identified(modelKernel('v6.12'));
  const text = (hides: Kernel['hides']): string =>
    identifyText({ name: 'k', version: '6.12', hides }, found, style(false));
  const counters = [
    ['totalVmDelta', 'total_vm'],
    ['lockedVm', 'locked'],
    ['committedDelta', 'committed'],
  ] as const;
  for (const [field, name] of counters) {
    expect(text([])).toMatch(new RegExp(`   .*${name} [+-]?\\d`));
    expect(text([field])).not.toMatch(new RegExp(`   .*${name} [+-]?\\d`));
  }
});

describe('a kernel that is none of them', () => {
  test('is said to be closest to one', async () => {
    const { matches, closest, agreeing, evidence } = await identified(
      modelKernel('v6.12[early=off]'),
    );
    expect(matches).toEqual([]);
    expect(agreeing).toBeLessThan(evidence.length);
    expect(ids(closest)).toContain('v6.12');
  });

  test('is nothing where it can set nothing up', async () => {
    const kernel = answering(modelKernel('v6.12'), (_, { id }) => ({ id, cannotSetUp: 'no' }));
    const { matches, evidence, notSetUp } = await identified(kernel);
    expect(matches).toEqual([]);
    expect(evidence).toEqual([]);
    expect(notSetUp).toBe(scenarios.length);
  });
});

test('an interruption ends it without a verdict', async () => {
  expect(await identify(modelKernel('v6.12'), scenarios, AbortSignal.abort())).toBeUndefined();
});
