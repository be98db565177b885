import { describe, expect, test } from 'vitest';
import { replay } from '../../src/conformance/replay.js';
import { type Release, withoutStep } from '../../src/model/release.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { type Machine, machine } from '../../src/model/run.js';
import { release } from '../support/releases.js';
import { firstDifference, isModelled, type KernelRecord, recordsOf } from './records.js';

/** Releases, each with a recorded kernel that behaves as it. */
const KERNELS = [
  ['v5.7', '5.10.223'],
  ['v6.12', '6.12.107'],
  ['v6.17', '7.0.13'],
  ['v7.2', '7.2.13'],
] as const;

const differences = (on: Machine, records: readonly KernelRecord[]): string[] =>
  records.flatMap((record) => firstDifference(record, replay(on, record.scenario)) ?? []);

describe.each(KERNELS)('%s against kernel %s', (id, kernel) => {
  const on = machine(release(id));

  test('is the release that names the kernel', () => {
    expect(release(id).kernels).toContain(kernel);
  });

  test.each(['core.jsonl', 'moves.jsonl'])('agrees with all 400 records of %s', (file) => {
    const records = recordsOf(file, kernel);
    expect(records).toHaveLength(400);
    expect(
      records.every(({ scenario, observed }) => observed.steps.length === scenario.calls.length),
    ).toBe(true);
    expect(differences(on, records)).toEqual([]);
  });

  test('agrees with the records of extended.jsonl whose calls it all knows', () => {
    const records = recordsOf('extended.jsonl', kernel).filter(({ scenario }) =>
      isModelled(scenario),
    );
    expect(records.length).toBeGreaterThan(100);
    expect(differences(on, records)).toEqual([]);
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
    const [first] = found(withoutStep(release('v6.12'), 'move-page-tables'));
    expect(first).toMatch(/^\S+, call \d+ \(mremap\), data: the model has {.*}, the kernel {.*}$/);
  });

  test('where it leaves the source mapped', () => {
    const [first] = found(withoutStep(release('v6.12'), 'unmap-source-remove'));
    expect(first).toMatch(
      /^\S+, call \d+ \(mremap\), mapCountDelta: the model has -?\d+, the kernel -?\d+$/,
    );
  });

  test('where it is the release of another kernel', () => {
    for (const [id] of KERNELS) {
      if (id !== 'v6.12') expect(found(release(id)), id).not.toEqual([]);
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

  test('finds a step that is missing', () => {
    expect(firstDifference(record, { ...observed, steps: [] })).toMatch(
      /^copen-0, call 1 \(mremap\), result: the model has nothing, the kernel {"ok":6}$/,
    );
  });
});
