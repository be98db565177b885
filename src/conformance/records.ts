import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as t from 'io-ts';
import { exactly, oneOf, wholeNumber } from '../input/codecs.js';
import { decode, parseJson } from '../input/decode.js';
import { readText } from '../input/read-text.js';
import { FIELDS } from './compare.js';
import type { Conformance } from './conform.js';
import type { Kernel } from './kernel.js';
import type { Work } from './work.js';

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a count');

const workCodec = t.union([
  exactly({ kind: t.literal('random'), count, seed: t.number }, 'random scenarios'),
  exactly({ kind: t.literal('exhaustive'), pages: count }, 'every scenario of a window'),
  exactly({ kind: t.literal('file'), file: t.string }, 'scenarios of a file'),
]);

const recordCodec = exactly(
  {
    kernel: t.string,
    version: t.string,
    release: t.string,
    date: t.string,
    work: workCodec,
    scenarios: count,
    notCompared: count,
    fields: t.array(
      exactly(
        { field: oneOf(FIELDS, 'a field'), compared: count, equal: count, hidden: count },
        'a field',
      ),
    ),
    classes: count,
  },
  'a record',
);

const fileCodec = exactly(
  { version: t.literal(1), records: t.array(recordCodec) },
  'records of conform',
);

/** What a comparison came to, as it is kept. */
export type ConformRecord = t.TypeOf<typeof recordCodec>;

/** What of a kernel's name, or of a file's, is worth keeping: paths differ from machine to machine. */
const kindOfKernel = (name: string): string =>
  name.includes('/') && !name.startsWith('uml') ? 'image' : name.replace(/:.*/, '');

const kept = (work: Work): Work =>
  work.kind === 'file' ? { ...work, file: basename(work.file) } : work;

/** @param date of the run, as 2026-11-21 */
export const recordOf = (
  kernel: Pick<Kernel, 'name' | 'version'>,
  release: string,
  work: Work,
  { compared, tallies, notSetUp, notByKernel, notByModel, beyondModel, classes }: Conformance,
  date: string,
): ConformRecord => ({
  kernel: kindOfKernel(kernel.name),
  version: kernel.version,
  release,
  date,
  work: kept(work),
  scenarios: compared,
  notCompared:
    notSetUp +
    notByModel.length +
    beyondModel +
    [...notByKernel.values()].reduce((a, b) => a + b, 0),
  fields: FIELDS.map((field) => ({ field, ...tallies[field] })),
  classes: classes.length,
});

/** Records of the same work on the same kernel and release are one: the later counts. */
const keyOf = ({ kernel, version, release, work }: ConformRecord): string =>
  JSON.stringify([version, kernel, release, Object.entries(work).sort()]);

const byVersion = (a: ConformRecord, b: ConformRecord): number =>
  a.version.localeCompare(b.version, 'en', { numeric: true }) || (keyOf(a) < keyOf(b) ? -1 : 1);

/** The records of a file; none if there is no such file. Throws BadInput. */
export function readRecords(file: string): ConformRecord[] {
  if (!existsSync(file)) return [];
  return decode(fileCodec, parseJson(readText(file, 'records of conform'), file), file).records;
}

/** The text of a file with a record added to its own, in place of one of the same work. Throws BadInput. */
export function recordsWith(file: string, record: ConformRecord): string {
  const others = readRecords(file).filter((other) => keyOf(other) !== keyOf(record));
  const records = [...others, record].sort(byVersion);
  return `${JSON.stringify({ version: 1, records }, null, 2)}\n`;
}
