import { describe, expect, test } from 'vitest';
import { comparePart } from '../../src/checker/compare.js';
import { casesReport } from '../../src/report/ci/cases.js';
import { style } from '../../src/report/style.js';
import { verifyText } from '../../src/report/verify-text.js';
import { parseSpec } from '../../src/specs/load.js';
import type { CompareCheck, ExpectedClass, Spec } from '../../src/specs/spec.js';
import { machineFor } from '../../src/verify/execute.js';
import { isComplete, isUnexpected, reportOn } from '../../src/verify/verdicts.js';
import type { VerifyReport } from '../../src/verify/verify.js';
import { specText } from '../support/specs.js';

const class_ = (
  from: string,
  headroom: readonly [number, number],
  to = 'ENOMEM',
): ExpectedClass => ({ shape: 'no-op', from, to, headroom, because: 'By the text of 7.1.' });

/** What no-ops differ in, by reasoning: specs/README.md has the reasons. */
const OK = class_('ok', [-2, 3]);
const EFAULT = class_('EFAULT', [-1, 3]);

const specOf = (expected: readonly ExpectedClass[]): Spec =>
  parseSpec(
    specText((s) => {
      s.checks[0] = {
        check: 'compare',
        title: 'Two',
        releases: ['v6.17', 'v7.1'],
        bounds: { pages: 3, classes: ['anon rw'], limits: [1, 7], flags: [[]], lengths: 'equal' },
        expect: expected,
      };
    }),
    'spec.json',
    false,
  );

/** The report on a search that is done, or has come by nothing below a limit of 4 yet. */
function reported(complete: boolean, ...expected: readonly ExpectedClass[]): VerifyReport {
  const spec = specOf(expected);
  const [check] = spec.checks as [CompareCheck];
  const [a, b] = check.releases;
  const limits = complete ? check.bounds.limits : ([4, 7] as const);
  const found = comparePart([machineFor(a), machineFor(b)], { ...check.bounds, limits });
  const report = reportOn(check, () => ({ result: { kind: 'compare', found }, complete }));
  return {
    specs: [{ spec, checks: [report] }],
    transitions: found.transitions,
    complete: isComplete(report),
    asExpected: !isUnexpected(report),
  };
}

const statesOf = (report: VerifyReport): string[] =>
  casesReport(report, { version: '1', root: '/' }).checks.flatMap(({ cases }) =>
    cases.map(({ state }) => state),
  );

const textOf = (report: VerifyReport): string => verifyText(report, style(false), false);

describe('a comparison that was interrupted', () => {
  test('is not finished while what it found may still grow to what is expected', () => {
    const report = reported(false, OK, EFAULT);
    expect(report.asExpected).toBe(true);
    expect(statesOf(report)).toEqual(['unfinished', 'unfinished']);
    expect(textOf(report)).not.toContain('UNEXPECTED');
    expect(textOf(report)).toMatch(/not finished; what was done is as expected$/);
  });

  test('is not finished either where it has come to all of the headroom', () => {
    const report = reported(false, class_('ok', [1, 3]), class_('EFAULT', [2, 3]));
    expect(statesOf(report)).toEqual(['unfinished', 'unfinished']);
  });

  test('has no class missing: what is left may have it', () => {
    const report = reported(false, OK, EFAULT, class_('ok', [-2, -2], 'EINVAL'));
    expect([report.asExpected, report.complete]).toEqual([true, false]);
    expect(textOf(report)).not.toContain('UNEXPECTED');
  });

  test.each<[string, readonly ExpectedClass[]]>([
    ['a class that the spec does not have', [EFAULT]],
    ['a headroom above the expected one', [class_('ok', [-2, 2]), EFAULT]],
    ['a headroom below the expected one', [class_('ok', [2, 3]), EFAULT]],
  ])('is unexpected with %s: nothing found later takes it back', (_, expected) => {
    const report = reported(false, ...expected);
    expect(report.asExpected).toBe(false);
    expect(statesOf(report)).toEqual(['unfinished', 'unexpected']);
    expect(textOf(report).match(/UNEXPECTED/g)).toHaveLength(1);
    expect(textOf(report)).toMatch(/\n1 result not as expected; not finished$/);
  });
});

describe('a comparison that is done', () => {
  test('is as expected with the same classes and headrooms', () => {
    const report = reported(true, OK, EFAULT);
    expect(report.asExpected).toBe(true);
    expect(statesOf(report)).toEqual(['as expected', 'as expected']);
  });

  test.each<[string, readonly ExpectedClass[]]>([
    ['too wide a headroom', [class_('ok', [-2, 4]), EFAULT]],
    ['a class that is not there', [OK, EFAULT, class_('ok', [0, 1], 'EINVAL')]],
    ['a class that the spec does not have', [EFAULT]],
  ])('is unexpected with %s', (_, expected) => {
    const report = reported(true, ...expected);
    expect(report.asExpected).toBe(false);
    expect(statesOf(report).filter((state) => state !== 'as expected')).toEqual(['unexpected']);
  });
});
