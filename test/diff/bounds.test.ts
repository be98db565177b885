import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  byHeadroom,
  byPages,
  byPagesOfTwo,
  byVmas,
  type GrowthTable,
  ofDiffs,
  ofFindings,
  tableText,
} from './bounds-document.js';

const PATH = fileURLToPath(new URL('../../docs/bounds.md', import.meta.url));
const OUT_OF_DATE = 'docs/bounds.md is out of date: UPDATE_DOCS=1 npx vitest run test/diff/bounds';
const MINUTES = 60_000;
const UPDATE = process.env['UPDATE_DOCS'] === '1';

/** The table under a marker of the document, as it stands there; put there anew if wished. */
function shown(marker: string, wanted: GrowthTable): GrowthTable {
  const block = new RegExp(`(<!-- ${marker} -->\n\n)((?:\\|.*\n)*)`);
  if (UPDATE) {
    const text = readFileSync(PATH, 'utf8');
    writeFileSync(
      PATH,
      text.replace(block, (_, head: string) => `${head}${tableText(wanted)}\n`),
    );
  }
  const [head = [], , ...rows] = (block.exec(readFileSync(PATH, 'utf8'))?.[2] ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '));
  return { head, rows };
}

/** Windows that take long are searched only to write the document; what is here of each row is compared. */
test.each([
  ['pages', () => byPages(UPDATE ? 6 : 4)],
  ['pages-of-two', () => byPagesOfTwo(UPDATE ? 8 : 5)],
  ['vmas', () => byVmas(5)],
  ['headroom', () => byHeadroom(UPDATE ? 8 : 6)],
  ['diffs', () => ofDiffs(UPDATE ? 7 : 5)],
  ['findings', () => ofFindings(UPDATE ? 5 : 4)],
])(
  'docs/bounds.md has how classes grow: %s',
  (marker, search) => {
    const wanted = search();
    const { head, rows } = shown(marker, wanted);
    const columns = wanted.head.length;
    const known = new Map(rows.map((cells) => [cells.slice(0, 3).join(), cells]));
    expect(head.length).toBeGreaterThanOrEqual(columns);
    expect(wanted.rows.length).toBeGreaterThan(1);
    for (const cells of wanted.rows) {
      // Where a promise is broken in a larger window alone, a smaller one lists it as kept.
      const other = known.get(cells.slice(0, 3).join());
      if (other !== undefined) expect(other.slice(0, columns), OUT_OF_DATE).toEqual(cells);
      else expect(cells[2], OUT_OF_DATE).toBe('kept in');
    }
  },
  10 * MINUTES,
);
