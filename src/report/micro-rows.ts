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

/** What a step made of map_count, `3 -> 4`, and what failed in it. */
export function countText({ before, after, failed }: MicroStep): string {
  const counts =
    before.mapCount === after.mapCount
      ? `${after.mapCount}`
      : `${before.mapCount} -> ${after.mapCount}`;
  return failed === undefined ? counts : `${counts}  ${failed.kernel} fails`;
}

/** Both in one line. */
export const microText = (micro: MicroStep): string => countText(micro) + endText(micro);

/** How a step ended the call, or which VMA it goes on to. */
export function endText({ before, after }: MicroStep): string {
  const end = after.result === RUNNING ? '' : `  returns ${resultText(after.result)}`;
  const last = after.addr + after.oldLen - 1;
  const source = after.addr === last ? `page ${last}` : `pages ${after.addr}-${last}`;
  const piece = before.several === after.several ? '' : `  ${source} to ${after.newAddr}`;
  return end + piece;
}
