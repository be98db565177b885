import { describe, expect, test } from 'vitest';
import { CannotSetUp, replay } from '../../src/conformance/replay.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { dropped } from '../../src/model/edits.js';
import { type Machine, machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { knownReleases } from '../../src/model/releases/index.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { ModelLimitError } from '../../src/model/vma.js';
import { release, releaseOfKernel } from '../support/releases.js';
import {
  differences,
  firstDifference,
  type KernelRecord,
  recordsOf,
  scenariosOf,
} from './records.js';

/** The recorded kernels, each with the number of its records in extended.jsonl. */
const KERNELS = [
  ['4.19.1', 300],
  ['5.4.59', 300],
  ['5.10.223', 300],
  ['5.11.14', 300],
  ['5.12.9', 300],
  ['5.15.0', 300],
  ['5.19.0', 300],
  ['6.0.1', 300],
  ['6.5.0', 300],
  ['6.7.3', 300],
  ['6.11.11', 287],
  ['6.12.107', 287],
  ['6.12.117', 287],
  ['6.17.0', 287],
  ['7.0.13', 287],
  ['7.1.13', 287],
  ['7.2.6', 287],
  ['7.2.9', 287],
  ['7.2.13', 287],
  ['7.3.4', 287],
] as const;

/** Those of them that were asked what tells one release from the next. */
const AT_BOUNDARIES = KERNELS.filter(
  ([kernel]) => !['5.10.223', '6.12.107', '7.0.13'].includes(kernel),
);

function cannotBeSetUp(on: Machine, scenario: Scenario): boolean {
  try {
    replay(on, scenario);
    return false;
  } catch (error) {
    if (error instanceof CannotSetUp) return true;
    throw error;
  }
}

describe.each(KERNELS)('the release that names kernel %s', (kernel, extended) => {
  const on = machine(releaseOfKernel(kernel));

  describe.each([
    ['core.jsonl', 400, 400],
    ['moves.jsonl', 400, 400],
    ['extended.jsonl', 300, extended],
  ])('in %s', (file, all, own) => {
    const records = recordsOf(file, kernel);

    test(`agrees with all ${own} records in every field`, () => {
      expect(records).toHaveLength(own);
      expect(
        records.every(({ scenario, observed }) => observed.steps.length === scenario.calls.length),
      ).toBe(true);
      expect(differences(on, records)).toEqual([]);
    });

    test('cannot set up exactly the scenarios that the kernel could not set up', () => {
      const scenarios = scenariosOf(file);
      expect(scenarios).toHaveLength(all);
      const recorded = new Set(records.map(({ scenario }) => scenario.id));
      expect(recorded.size).toBe(own);
      expect(scenarios.filter((s) => cannotBeSetUp(on, s)).map((s) => s.id)).toEqual(
        scenarios.filter((s) => !recorded.has(s.id)).map((s) => s.id),
      );
    });
  });
});

describe('in boundaries.jsonl', () => {
  test.each(AT_BOUNDARIES)('kernel %s does as its release, and as no other', (kernel) => {
    const own = releaseOfKernel(kernel);
    const records = recordsOf('boundaries.jsonl', kernel);
    expect(records).toHaveLength(23);
    const alike = knownReleases.filter((one) => differences(machine(one), records).length === 0);
    expect(alike.map(({ id }) => id)).toEqual([own.id]);
  });
});

test.each(AT_BOUNDARIES)('kernel %s does as its release in offsets.jsonl', (kernel) => {
  const records = recordsOf('offsets.jsonl', kernel);
  expect(records).toHaveLength(11);
  expect(differences(machine(releaseOfKernel(kernel)), records)).toEqual([]);
});

describe('in private-files.jsonl', () => {
  const wrongIn = (kernel: string): string[] =>
    differences(machine(releaseOfKernel(kernel)), recordsOf('private-files.jsonl', kernel));

  test.each(AT_BOUNDARIES.filter(([kernel]) => kernel !== '7.3.4'))(
    'kernel %s does as its release',
    (kernel) => {
      expect(recordsOf('private-files.jsonl', kernel)).toHaveLength(11);
      expect(wrongIn(kernel)).toEqual([]);
    },
  );

  // That a VMA is away is all that a word holds, not from where: of what comes back the model is not asked.
  test('kernel 7.3.4 too, but for what comes back, which is beyond the model', () => {
    const on = machine(releaseOfKernel('7.3.4'));
    const records = recordsOf('private-files.jsonl', '7.3.4');
    const back = records.filter(({ scenario }) => scenario.id === 'file-10');
    expect(back).toHaveLength(1);
    expect(() => differences(on, back)).toThrow(ModelLimitError);
    const others = records.filter((one) => !back.includes(one));
    expect(others).toHaveLength(10);
    expect(differences(on, others)).toEqual([]);
  });

  test('and not as 7.2 does', () => {
    const records = recordsOf('private-files.jsonl', '7.3.4');
    expect(differences(machine(release('v7.2')), records)).toHaveLength(6);
  });
});

describe('a release that is wrong is found out', () => {
  const moves = recordsOf('moves.jsonl', '6.12.107');
  const found = (wrong: Release): string[] => differences(machine(wrong), moves);

  test('where its count checks ask for one slot less', () => {
    const [first] = found(releaseByRef('v6.12[move=3,early=5]'));
    expect(first).toMatch(
      /^\S+, call \d+ \(mremap\), result: the model has {"ok":\d+}, the kernel {"errno":"ENOMEM"}$/,
    );
  });

  test('where it moves no pages', () => {
    const [first] = found(dropped('mremap', 'move-page-tables')(release('v6.12')));
    expect(first).toMatch(/^\S+, call \d+ \(mremap\), data: the model has {.*}, the kernel {.*}$/);
  });

  test('where it leaves the source mapped', () => {
    const [first] = found(dropped('mremap', 'unmap-source-remove')(release('v6.12')));
    expect(first).toMatch(
      /^\S+, call \d+ \(mremap\), mapCountDelta: the model has -?\d+, the kernel -?\d+$/,
    );
  });

  test('where it is the release of another kernel', () => {
    for (const kernel of ['5.10.223', '6.17.0', '7.0.13', '7.2.13']) {
      expect(found(releaseOfKernel(kernel)), kernel).not.toEqual([]);
    }
  });
});

describe('a release that counts wrong is found out', () => {
  // This kernel counts the copy that DONTUNMAP makes of a locked VMA; no recorded kernel moved one without.
  const kernel = '7.0.13';
  const extended = recordsOf('extended.jsonl', kernel);
  const found = (step: string): string[] =>
    differences(machine(dropped('mremap', step)(releaseOfKernel(kernel))), extended);

  test('where a copy is not in locked_vm', () => {
    const all = found('lock-copy');
    expect(all).not.toEqual([]);
    for (const one of all) {
      expect(one).toMatch(/^\S+, call \d+ \(.+\), lockedVm: the model has -?\d+, the kernel \d+$/);
    }
  });

  test('where a copy is not charged', () => {
    const all = found('charge-copy');
    expect(all).not.toEqual([]);
    for (const one of all) {
      expect(one).toMatch(
        /^\S+, call \d+ \(.+\), committedDelta: the model has -?\d+, the kernel -?\d+$/,
      );
    }
  });
});

describe('the comparison itself', () => {
  const [record] = recordsOf('core.jsonl', '6.12.107') as [KernelRecord];
  const { observed } = record;

  test('finds nothing between a record and itself', () => {
    expect(firstDifference(record, observed)).toBeUndefined();
  });

  test('finds a difference that the set-up left', () => {
    const other = { ...observed, initial: { ...observed.initial, layout: [] } };
    expect(firstDifference(record, other)).toMatch(
      /^copen-0, after the set-up, layout: the model has \[\], the kernel \[.+\]$/,
    );
  });

  test.each(['mapCountDelta', 'totalVmDelta', 'lockedVm', 'committedDelta'] as const)(
    'finds a difference in %s',
    (field) => {
      const steps = observed.steps.map((step) => ({ ...step, [field]: step[field] + 100 }));
      expect(firstDifference(record, { ...observed, steps })).toContain(
        `copen-0, call 1 (mremap), ${field}: `,
      );
    },
  );

  test('finds a step that is missing', () => {
    expect(firstDifference(record, { ...observed, steps: [] })).toMatch(
      /^copen-0, call 1 \(mremap\), result: the model has nothing, the kernel {"ok":6}$/,
    );
  });
});
