import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FIELDS } from '../../src/conformance/compare.js';
import { type ConformRecord, readRecords } from '../../src/conformance/records.js';
import { conformanceDocument } from './document.js';

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

test('docs/conformance.md is what the kept records say', () => {
  const wanted = conformanceDocument(readRecords(pathOf('conformance.json')));
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(pathOf('conformance.md'), wanted);
  expect(readFileSync(pathOf('conformance.md'), 'utf8')).toBe(wanted);
});

describe('a row', () => {
  const record: ConformRecord = {
    kernel: 'image',
    version: '6.12.107',
    release: 'v6.12',
    date: '2026-11-21',
    work: { kind: 'random', count: 2000, seed: 7 },
    scenarios: 1998,
    notCompared: 2,
    fields: FIELDS.map((field) => ({ field, compared: 4000, equal: 4000, hidden: 0 })),
    classes: 0,
  };
  const lastRow = (one: ConformRecord): string | undefined =>
    conformanceDocument([one]).trimEnd().split('\n').at(-1);

  test('says what agrees with nothing left over', () => {
    expect(lastRow(record)).toBe(
      '| 6.12.107 | image | v6.12 | 2,000 random scenarios, seed 7 | 1,998 (2 left out) | 100 % | 2026-11-21 |',
    );
  });

  test('names a field that does not agree, and one that is not shown', () => {
    const fields = FIELDS.map((field) => ({
      field,
      compared: field === 'committedDelta' ? 0 : 4000,
      equal: field === 'committedDelta' ? 0 : field === 'layout' ? 3999 : 4000,
      hidden: field === 'committedDelta' ? 4000 : 0,
    }));
    expect(lastRow({ ...record, fields, classes: 1 })).toContain(
      '| layout 3,999 of 4,000; not shown: committedDelta |',
    );
  });
});
