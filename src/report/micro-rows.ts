import type { MicroStep } from '../model/run.js';
import { RUNNING } from '../model/state.js';
import { resultText } from './words.js';

/** A step that changes or ends something, or goes on to the next VMA; the others only looked. */
export const matters = ({ before, after, failed }: MicroStep): boolean =>
  failed !== undefined ||
  before.vmas !== after.vmas ||
  before.mapCount !== after.mapCount ||
  before.several !== after.several ||
  after.result !== RUNNING;

/** What a step made of map_count, `3 -> 4`, what failed in it, and how it ended the call. */
export function microText({ before, after, failed }: MicroStep): string {
  const counts =
    before.mapCount === after.mapCount
      ? `${after.mapCount}`
      : `${before.mapCount} -> ${after.mapCount}`;
  const end = after.result === RUNNING ? '' : `  returns ${resultText(after.result)}`;
  const last = after.addr + after.oldLen - 1;
  const source = after.addr === last ? `page ${last}` : `pages ${after.addr}-${last}`;
  const piece = before.several === after.several ? '' : `  ${source} to ${after.newAddr}`;
  const fault = failed === undefined ? '' : `  ${failed.kernel} fails`;
  return `${counts}${fault}${end}${piece}`;
}
