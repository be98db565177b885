import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linesOf } from '../../src/runs/lines.js';
import { newFolder } from '../support/new-folder.js';

const MB = 2 ** 20;

test.each([
  ['ends with a line', '\n'],
  ['ends within one', ''],
])('a file that %s has the lines that it was made of, however long they are', (_, end) => {
  // Some are longer than what is read at once.
  const lines = [
    'a'.repeat(10),
    'b'.repeat(MB),
    '',
    'c'.repeat(3 * MB),
    'd',
    'e'.repeat(MB - 1),
    'ä',
  ];
  const file = join(newFolder(), 'journal.jsonl');
  writeFileSync(file, lines.join('\n') + end);
  const found = [...linesOf(file)];
  expect(found.map((line) => line.length)).toEqual(lines.map((line) => line.length));
  // Not printed where it fails.
  for (const [i, line] of lines.entries()) expect(found[i] === line).toBe(true);
});
