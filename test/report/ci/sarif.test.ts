import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AjvDraft04 from 'ajv-draft-04';
import { expect, test } from 'vitest';
import { invariants } from '../../../src/invariants/index.js';
import { sarifLog } from '../../../src/report/ci/sarif.js';
import { sample } from './sample.js';

// The schema of OASIS, as a package of Microsoft brings it.
const require = createRequire(import.meta.url);
const folder = require.resolve('@microsoft/jest-sarif/package.json').replace('package.json', '');
const schema = JSON.parse(readFileSync(`${folder}lib/schemas/sarif-2.1.0-rtm.5.json`, 'utf8'));
const Ajv = AjvDraft04.default;
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  schema,
);

const log = () => JSON.parse(sarifLog(sample));

test('is what the schema of SARIF 2.1.0 has', () => {
  validate(log());
  expect(validate.errors).toBeNull();
});

test('the schema refuses what it should', () => {
  const wrong = log();
  wrong.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
  expect(validate(wrong)).toBe(false);
});

test('has invariants as rules, a result at its place, and a notification for what was not finished', () => {
  const [run] = log().runs;
  expect(run.tool.driver.rules).toHaveLength(invariants.length + 2);
  expect(run.results).toHaveLength(1);
  const [{ ruleId, ruleIndex, level, locations }] = run.results;
  expect([ruleId, level]).toEqual(['limit-held', 'error']);
  expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  expect(locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'specs/a%20b%2Cc%3Ad.json', uriBaseId: 'SRCROOT' },
    region: { startLine: 7, startColumn: 3 },
  });
  const [invocation] = run.invocations;
  expect(invocation.executionSuccessful).toBe(false);
  expect(invocation.toolExecutionNotifications[0].associatedRule.id).toBe('behaviour-difference');
});

test('names a spec outside of the root by a URL', () => {
  const [, elsewhere] = sample.checks;
  const cases = (elsewhere?.cases ?? []).map((one) => ({ ...one, state: 'unexpected' as const }));
  const report = { ...sample, checks: elsewhere === undefined ? [] : [{ ...elsewhere, cases }] };
  const [result] = JSON.parse(sarifLog(report)).runs[0].results;
  expect(result.locations[0].physicalLocation.artifactLocation).toEqual({
    uri: 'file:///elsewhere/b.json',
  });
});
