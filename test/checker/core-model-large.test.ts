import { describe, expect, test } from 'vitest';
import { LARGE_ROWS, searched, sizeName } from './core-model.js';

// A file of its own, so that it runs beside the smaller rows.
describe('the reach search finds what independent checkers found', () => {
  for (const row of LARGE_ROWS) {
    test(sizeName(row), () => {
      expect(searched(row)).toEqual(row);
    });
  }
});
