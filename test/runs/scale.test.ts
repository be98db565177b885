import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { UnitTimes } from '../../bench/unit-times.js';
import { growthTable, queueTable, workersTable } from './scale-tables.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const DOCUMENT = pathOf('docs/scale.md');

/** The tables of the document, its blocks of plain text, in order. */
const BLOCKS = /(?<=^```text\n)[\s\S]*?(?=\n```$)/gm;

test('the tables of docs/scale.md are what the bounds say; UPDATE_DOCS=1 writes them', () => {
  const { 'unit-times': unitTimes } = JSON.parse(
    readFileSync(pathOf('bench/unit-times.json'), 'utf8'),
  ) as { 'unit-times': UnitTimes[] };
  const tables = [growthTable(), workersTable(), queueTable(unitTimes)];
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
