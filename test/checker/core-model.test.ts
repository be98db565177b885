import { describe, expect, test } from 'vitest';
import { SMALL_ROWS, searched, sizeName } from './core-model.js';

describe('the reach search finds what independent checkers found', () => {
  for (const row of SMALL_ROWS) {
    test(sizeName(row), () => {
      expect(searched(row)).toEqual(row);
    });
  }
});
