import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tracesDocument } from './document.js';

test('docs/traces.md shows every format as it is', () => {
  const file = new URL('../../docs/traces.md', import.meta.url);
  const text = tracesDocument();
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});
