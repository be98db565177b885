import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** The numbers of one table of docs/bounds.md, a row for each release. */
function tableOf(document: string, name: string): object[] {
  const [, table] = new RegExp(`<!-- ${name} -->\\n\\n(.*?)\\n\\n`, 's').exec(document) ?? [];
  const [head, , ...rows] = (table ?? '').split('\n').map((line) => line.split('|').slice(1, -1));
  return rows.map(([release, , , ...classes]) => ({
    release: release?.trim(),
    points: classes.map((count, i) => ({
      pages: Number.parseInt(head?.[i + 3] ?? '', 10),
      classes: Number(count),
    })),
  }));
}

test('bench/classes.json, of which reports draw a plot, has the numbers of docs/bounds.md; UPDATE_DOCS=1 writes it', () => {
  const expected = tableOf(readFileSync(pathOf('docs/bounds.md'), 'utf8'), 'pages-of-two');
  const file = pathOf('bench/classes.json');
  if (process.env['UPDATE_DOCS'] !== undefined) {
    writeFileSync(file, `${JSON.stringify(expected, null, 2)}\n`);
  }
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(expected);
  expect(expected.length).toBeGreaterThan(1);
});
