import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Release } from '../../src/model/release.js';
import { knownReleases, predecessorOf } from '../../src/model/releases/index.js';
import { releaseOfKernel } from '../support/releases.js';
import { diffsDocument, type Neighbours } from './document.js';
import { foundBehaviours, KERNEL_PAIRS, pairedScenarios, shownKey } from './kernels.js';
import { changesIn, WINDOWS } from './windows.js';

const PATH = fileURLToPath(new URL('../../docs/diffs.md', import.meta.url));
const OUT_OF_DATE = 'docs/diffs.md is out of date: UPDATE_DOCS=1 npx vitest run test/diff';
const MINUTES = 60_000;

const PAIRS = KERNEL_PAIRS.map((kernels) => ({
  kernels,
  scenarios: pairedScenarios(...kernels),
}));

describe.each(PAIRS)('kernels $kernels', ({ kernels, scenarios }) => {
  const [first, second] = kernels.map(releaseOfKernel) as [
    ReturnType<typeof releaseOfKernel>,
    ReturnType<typeof releaseOfKernel>,
  ];

  test('differ exactly in the scenarios, the calls and the classes in which their releases do', () => {
    expect(scenarios).toHaveLength(1087);
    expect(scenarios.filter((one) => one.kernels !== undefined).length).toBeGreaterThan(100);
    for (const { scenario, kernels: recorded, releases: modelled } of scenarios) {
      expect(modelled, scenario.id).toEqual(recorded);
    }
  });

  test(
    'differ in classes that diff finds between their releases, at that headroom',
    () => {
      const found = foundBehaviours(first, second);
      const missing = scenarios.flatMap(({ scenario, kernels: recorded, sealedAlike }) => {
        if (recorded?.behaviour === undefined || !sealedAlike) return [];
        const key = shownKey(recorded.behaviour);
        // Beyond the greatest headroom that is tried nothing else happens than there.
        const known = found.get(key)?.has(Math.min(recorded.headroom, 8)) === true;
        return known ? [] : [`${scenario.id}: ${key} at headroom ${recorded.headroom}`];
      });
      expect(missing).toEqual([]);
    },
    5 * MINUTES,
  );
});

test(
  'docs/diffs.md has what each release changes',
  () => {
    const all = knownReleases.slice(1).map((to): Neighbours => {
      const from = predecessorOf(to) as Release;
      return { from, to, found: WINDOWS.map((window) => changesIn(from, to, window)) };
    });
    const wanted = diffsDocument(WINDOWS, all, PAIRS);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PATH, wanted);
    expect(readFileSync(PATH, 'utf8'), OUT_OF_DATE).toBe(wanted);
  },
  5 * MINUTES,
);
