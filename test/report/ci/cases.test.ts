import { expect, test } from 'vitest';
import type { Answer } from '../../../src/conformance/confirm.js';
import { casesReport } from '../../../src/report/ci/cases.js';
import type { ConfirmedVerdicts } from '../../../src/report/confirmed.js';
import { loadSpecs } from '../../../src/specs/load.js';
import { verify } from '../../../src/verify/verify.js';
import { fileWith } from '../../cli/run-cli.js';
import { specText } from '../../support/specs.js';

const of = { version: '1.2.3', root: '/' };
const report = await verify(loadSpecs([fileWith('spec.json', specText())]), {
  workers: 0,
  signal: new AbortController().signal,
});
const violations = report.specs
  .flatMap(({ checks }) => checks)
  .flatMap((check) => (check.kind === 'compare' ? [] : check.verdicts))
  .filter(({ found }) => found === 'violated');

/** What a kernel says of every violation. */
const answered = (state: Answer['state']): ConfirmedVerdicts => ({
  kernel: { name: 'a kernel', version: '5.0.0' },
  release: 'v2.6.33',
  answers: new Map(violations.map((verdict) => [verdict, { state, reason: 'none' } as Answer])),
});

test.each([
  ['confirmed', 'as expected', 'v2.6.33: confirmed on a kernel'],
  ['impossible', 'as expected', 'v2.6.33: not to be confirmed on a kernel'],
  ['refuted', 'unexpected', 'v2.6.33: not confirmed on a kernel'],
] as const)('an expected violation that is %s on a kernel is %s', (state, expected, says) => {
  const cases = casesReport(report, of, answered(state)).checks.flatMap((check) => check.cases);
  expect(cases.map((one) => [one.name, one.state])).toEqual([
    ['precheck-enomem-untouched on v5.1', 'as expected'],
    ['limit-enomem-untouched on v2.6.33', expected],
  ]);
  expect(cases[1]?.says).toContain(says);
});

test('what was not finished is neither as expected nor unexpected', async () => {
  const text = specText((s) => {
    const { bounds } = s.checks[0];
    s.checks.push(
      { check: 'compare', title: 'Two', releases: ['v6.12', 'v6.13'], bounds, expect: [] },
      {
        check: 'reach',
        title: 'Numbers',
        release: 'v6.12',
        bounds: { classes: ['anon r'], calls: ['mmap', 'munmap'] },
        runs: [{ pages: 2, limit: 4, states: 3 }],
        expect: [],
      },
    );
  });
  const unfinished = await verify(loadSpecs([fileWith('spec.json', text)]), {
    workers: 0,
    signal: AbortSignal.abort(),
  });
  const cases = casesReport(unfinished, of).checks.flatMap((check) => check.cases);
  expect(cases.map(({ state }) => state)).toEqual(Array(4).fill('unfinished'));
});

test('every case has its place in the text, the verdict that is expected of it', () => {
  const [spec] = report.specs;
  const [check] = casesReport(report, of).checks;
  const begins = check?.cases.map(({ place }) => spec?.spec.text.slice(place.column - 1));
  expect(begins?.map((text) => /^"\w+"/.exec(text ?? '')?.[0])).toEqual(['"holds"', '"violated"']);
});
