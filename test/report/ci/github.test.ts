import { expect, test } from 'vitest';
import { githubAnnotations } from '../../../src/report/ci/github.js';
import { sample } from './sample.js';

test('an error for what is unexpected, a warning for what was not finished, a line each', () => {
  const lines = githubAnnotations(sample);
  expect(lines).toHaveLength(2);
  expect(lines.every((line) => !/[\r\n]/.test(line))).toBe(true);
  expect(lines[0]).toMatch(
    /^::error file=specs\/a b%2Cc%3Ad\.json,line=7,col=3,title=a "quote"%2C <b> & .* 100%25%0D%0Aline two%3A x%2Cy/,
  );
  expect(lines[0]).toContain('::a "quote", <b>');
  expect(lines[1]).toBe(
    '::warning file=specs/a b%2Cc%3Ad.json,line=7,col=3,title=limit-held on v6.12::not finished',
  );
});
