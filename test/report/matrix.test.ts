import { describe, expect, test } from 'vitest';
import { type MatrixVerdict, matrix } from '../../src/report/matrix.js';
import { style } from '../../src/report/style.js';
import { expectedMatrix } from '../support/expectations.js';

const plain = style(false);

const verdict = (
  invariant: string,
  release: string,
  found: MatrixVerdict['found'],
  expected = true,
): MatrixVerdict => ({ invariant, release, found, expected });

describe('the matrix', () => {
  test('has an invariant a row and a release a column, empty where no spec asks', () => {
    const verdicts = [
      verdict('short', 'v5.1', 'holds'),
      verdict('short', 'v6.12', 'violated'),
      verdict('a-longer-name', 'v5.1', 'untested'),
      verdict('short', 'v2.6.33', 'unknown'),
    ];
    const table = matrix(
      verdicts,
      ['v2.6.33', 'v5.1', 'v6.12', 'v7.1'],
      ['a-longer-name', 'short', 'never-asked'],
      plain,
    );
    expect(table.split('\n')).toEqual([
      '              2.6.33   5.1  6.12',
      'a-longer-name            -',
      'short              ? holds fails',
    ]);
  });

  test('says of an invariant that it fails if it does in one of several checks', () => {
    const found = (...words: MatrixVerdict['found'][]): string =>
      matrix(
        words.map((word) => verdict('one', 'v5.1', word)),
        ['v5.1'],
        ['one'],
        plain,
      );
    expect(found('holds', 'violated', 'unknown')).toContain('fails');
    expect(found('holds', 'unknown')).toContain('?');
    expect(found('untested', 'holds')).toContain('holds');
    expect(found('untested')).toContain('-');
  });

  test('marks what no spec expects, and keeps its columns', () => {
    const verdicts = [
      verdict('one', 'v5.1', 'holds', false),
      verdict('two', 'v5.1', 'holds'),
      verdict('one', 'v5.7', 'violated'),
    ];
    expect(matrix(verdicts, ['v5.1', 'v5.7'], ['one', 'two'], plain).split('\n')).toEqual([
      '       5.1   5.7',
      'one !holds fails',
      'two  holds',
    ]);
  });

  test('marks a cell of several checks where one of them is not as expected', () => {
    const verdicts = [verdict('one', 'v5.1', 'holds'), verdict('one', 'v5.1', 'violated', false)];
    expect(matrix(verdicts, ['v5.1'], ['one'], plain)).toMatch(/^one !fails$/m);
  });

  test('goes on below where it would be wider than 80 columns', () => {
    const releases = Array.from({ length: 20 }, (_, i) => `v6.${i}`);
    const long = 'x'.repeat(40);
    const verdicts = [
      ...releases.map((release) => verdict('short', release, 'holds')),
      verdict(long, 'v6.19', 'holds'),
    ];
    const tables = matrix(verdicts, releases, ['short', long], plain).split('\n\n');
    const columns = tables.map((table) => table.split('\n')[0]?.trim().split(/\s+/).length);
    expect(columns).toEqual([12, 7, 1]);
    expect(tables[0]).not.toContain(long);
    expect(tables[2]).toContain(`${long} holds`);
  });

  test('of the specs keeps within 80 columns, every row as wide as its head', () => {
    for (const table of expectedMatrix().split('\n\n')) {
      const [head = '', ...rows] = table.split('\n');
      expect(head.length).toBeLessThanOrEqual(80);
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(head.length);
    }
  });

  test('is empty where nothing is asked', () => {
    expect(matrix([], ['v5.1'], ['one'], plain)).toBe('');
  });
});
