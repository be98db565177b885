import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { growthTable, workersTable } from './scale-tables.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/scale.md', import.meta.url));

/** The tables of the document, its blocks of plain text, in order. */
const BLOCKS = /(?<=^```text\n)[\s\S]*?(?=\n```$)/gm;

test('the tables of docs/scale.md are what the bounds say; UPDATE_DOCS=1 writes them', () => {
  const tables = [growthTable(), workersTable()];
  if (process.env['UPDATE_DOCS'] === '1') {
    const left = [...tables];
    const text = readFileSync(DOCUMENT, 'utf8');
    writeFileSync(
      DOCUMENT,
      text.replace(BLOCKS, (block) => left.shift() ?? block),
    );
  }
  expect(readFileSync(DOCUMENT, 'utf8').match(BLOCKS)).toEqual(tables);
});
