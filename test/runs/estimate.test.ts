import { describe, expect, test } from 'vitest';
import { loadSpecs, parseSpec } from '../../src/specs/load.js';
import type { Spec } from '../../src/specs/spec.js';
import { type Estimate, estimate } from '../../src/verify/estimate.js';
import { planJobs } from '../../src/verify/jobs.js';
import { reachBytes, specsWithin, statesWithin } from '../../src/verify/memory.js';
import { verify } from '../../src/verify/verify.js';
import { cli, fileWith } from '../cli/run-cli.js';
import { specText } from '../support/specs.js';
import { everyKind } from './specs.js';

const here = { workers: 0, signal: new AbortController().signal };

const withFailures = (): string =>
  fileWith(
    'failures.json',
    specText((spec) => {
      spec.checks[0].bounds = {
        pages: 4,
        classes: ['anon r', 'anon rw', 'anon rw populated'],
        vmas: 3,
        limits: [4, 5],
        failures: 1,
      };
      spec.checks[0].expect.splice(1);
      const [check] = spec.checks;
      spec.checks[1] = { ...check, bounds: { ...check.bounds, limits: [5, 6] } };
    }),
  );

const bigReach = (): string =>
  fileWith(
    'reach.json',
    specText((spec) => {
      spec.checks = [
        {
          check: 'reach',
          title: 'Ten pages',
          release: 'v6.12',
          bounds: { classes: ['anon r', 'anon rw'], calls: ['mmap', 'munmap', 'mprotect'] },
          runs: [{ pages: 10, limit: 12 }],
          expect: [],
        },
      ];
    }),
  );

async function estimated(specs: readonly Spec[]): Promise<Estimate> {
  const found = await estimate(planJobs(specs), here);
  if (found === undefined) throw new Error('nobody has interrupted it');
  return found;
}

describe('--estimate', () => {
  test('the number of calls is exact where all address spaces are alike', async () => {
    const specs = loadSpecs([everyKind()]).map((spec) => ({
      ...spec,
      checks: spec.checks.filter(({ check }) => check === 'enumerate' || check === 'compare'),
    }));
    const { calls, searches, unknown } = await estimated(specs);
    expect(calls).toEqual({ value: (await verify(specs, here)).transitions, error: 0 });
    expect(searches.map(({ releases }) => releases)).toEqual([8, 1]);
    expect(unknown).toEqual([]);
  });

  test('where they are not, it is within its error', async () => {
    const specs = loadSpecs([withFailures()]);
    const { calls, seconds, searches } = await estimated(specs);
    const { transitions } = await verify(specs, here);
    expect(calls.error).toBeLessThan(transitions / 5);
    expect(Math.abs(calls.value - transitions)).toBeLessThanOrEqual(5 * calls.error + 1e-6);
    // One search may be underestimated where another is not: the errors add up as independent ones do.
    expect(searches).toHaveLength(2);
    const together = (errors: readonly number[]): number => Math.hypot(...errors);
    expect(calls.error).toBeCloseTo(together(searches.map((one) => one.calls.error)));
    expect(seconds.error).toBeCloseTo(together(searches.map((one) => one.seconds.error)), 9);
  });

  test('where each was looked at, unlike as they are, nothing is left to guess', async () => {
    const spec = specText(({ checks: [check] }) => {
      check.bounds = { ...check.bounds, pages: 2, failures: 1 };
      check.expect.splice(1);
    });
    const specs = [parseSpec(spec, 'spec.json', false)];
    const { calls, sample, searches } = await estimated(specs);
    expect(sample).toBe(searches[0]?.spaces);
    expect(calls.value).toBeCloseTo((await verify(specs, here)).transitions);
    expect(calls.error).toBe(0);
  });

  test('an interruption ends it, with nothing said of the searches', async () => {
    const interrupted = { after: 3_000, signal: 'SIGINT' } as const;
    const { code, stdout, stderr } = await cli(['verify', '--estimate'], interrupted);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('nothing is known of what was not sampled');
  });

  test.each([
    ['--run', 'folder'],
    ['--junit', 'x.xml'],
    ['--confirm', 'uml'],
    ['--shard', '1/2'],
  ])('is refused with %s, which it does nothing for', async (...flag) => {
    const { code, stderr } = await cli(['verify', '--estimate', ...flag]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mremap-check: --estimate: found ${flag[0]} beside it, which it does nothing for\n`,
    });
  });

  test('it is printed, and nothing is run', async () => {
    const { code, stdout } = await cli(['verify', '--estimate', '--workers', '8', everyKind()]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^search +releases +units +spaces +calls +one worker\n/);
    expect(stdout).toMatch(/\nenumerate, 4 pages, limits 0 to 8 +8 +48 /);
    expect(stdout).toMatch(
      /\nreach, 3 pages, .*:\n {2}not known before; at most 10,000,000 states/,
    );
    expect(stdout).toMatch(/ on 8 workers \d+\.\d s ± \d+\.\d, reach aside\n/);
    const json = await cli(['verify', '--estimate', '--json', everyKind()]);
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, units: 8 * 6 + 6 + 2 * 5 + 1 });
  });
});

describe('--memory', () => {
  test('a reach search gets as many states as fit', () => {
    const [spec] = specsWithin(2 ** 30, loadSpecs([bigReach()]));
    const check = spec?.checks[0];
    if (check?.check !== 'reach') throw new Error('no reach');
    const bounds = check.runs[0]?.bounds;
    if (bounds === undefined) throw new Error('no run');
    expect(bounds.maxStates).toBe(10_000_000);
    const fits = statesWithin(2 ** 28, bounds);
    expect(reachBytes({ ...bounds, maxStates: fits })).toBeLessThanOrEqual(2 ** 28);
    expect(reachBytes({ ...bounds, maxStates: fits + 1 })).toBeGreaterThan(2 ** 28);
  });

  test('it ends as incomplete where it meets the bound, with what was found', async () => {
    const file = bigReach();
    const { code, stdout, stderr } = await cli(['verify', '--memory', '193', '--quiet', file]);
    expect(stderr).toBe(
      'reach.json: reach in 10 pages may have 29,127 states, and ends as incomplete beyond\n',
    );
    expect(code).toBe(3);
    expect(stdout).toMatch(/ 6,430 .*\n +not finished\n/);
  });
});
