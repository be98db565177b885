import { describe, expect, test } from 'vitest';
import { releaseOf } from '../../src/conformance/release-of.js';
import { machine } from '../../src/model/plan.js';
import type { Release } from '../../src/model/release.js';
import { stableReleases } from '../../src/model/releases/index.js';
import { differences, recordsOf } from './records.js';

/**
 * Kernels of Debian booted under QEMU, with random scenarios that tell a stable kernel from the one before
 * a fix came to it: 5.10.0-46 (5.10.262), 6.1.0-54 and -56, 6.12.113 and .117, 7.2.6, .9 and .11; and
 * 6.5.0 and 6.17.0, built from their sources. And, on 7.1.13, 7.2.6, .9 and .13, what becomes of the page
 * offset that DONTUNMAP leaves behind, by what merges with it.
 */
const KERNELS = [
  ['5.10.262', 'v5.7'],
  ['6.1.190', 'v6.1'],
  ['6.1.192', 'v6.1.192'],
  ['6.5.0', 'v6.5.3'],
  ['6.12.113', 'v6.12'],
  ['6.12.117', 'v6.12.115'],
  ['6.17.0', 'v6.17.5'],
  ['7.2.6', 'v7.2.6'],
  ['7.2.9', 'v7.2.9'],
  ['7.2.11', 'v7.2'],
] as const;

const differencesOf = (of: Release, kernel: string): string[] =>
  differences(
    machine(of),
    ['stable', 'offsets', 'moves'].flatMap((file) => recordsOf(`${file}.jsonl`, kernel)),
  );

describe.each(KERNELS)('kernel %s', (kernel, id) => {
  const release = releaseOf(kernel) as Release;

  test(`behaves as ${id} in all 72 records`, () => {
    expect(release.id).toBe(id);
    expect(recordsOf('stable.jsonl', kernel)).toHaveLength(72);
    expect(differencesOf(release, kernel)).toEqual([]);
  });
});

test.each([
  ['7.1.13', 'v7.1'],
  ['7.2.6', 'v7.2.6'],
  ['7.2.9', 'v7.2.9'],
  ['7.2.13', 'v7.2'],
] as const)('kernel %s behaves as %s in the 11 records of page offsets', (kernel, id) => {
  const release = releaseOf(kernel) as Release;
  expect(release.id).toBe(id);
  expect(recordsOf('offsets.jsonl', kernel)).toHaveLength(11);
  expect(differencesOf(release, kernel)).toEqual([]);
});

describe.each(stableReleases.map((one) => [one.id, one] as const))(
  '%s',
  (_id, { base, kernels, calls }) => {
    test('is not what it comes from', () => {
      const recorded = kernels.find((kernel) => KERNELS.some(([one]) => one === kernel)) as string;
      expect(differencesOf(base as Release, recorded).length).toBeGreaterThan(5);
    });

    test('is what it comes from for every other call than mremap()', () => {
      expect({ ...calls, mremap: [] }).toEqual({ ...base?.calls, mremap: [] });
    });
  },
);
