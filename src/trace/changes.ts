import { type Vmas, vmaAt } from '../model/address-space.js';
import type { Pages } from '../model/state.js';
import { endOf, MAX_PAGES } from '../model/vma.js';
import type { Changes } from './trace.js';

interface Moved {
  from: number;
  to: number;
  pages: number;
}

/** Pages that follow each other, as ranges. */
function ranges(pages: readonly number[]): { start: number; pages: number }[] {
  const found: { start: number; pages: number }[] = [];
  for (const page of pages) {
    const last = found.at(-1);
    if (last !== undefined && last.start + last.pages === page) last.pages++;
    else found.push({ start: page, pages: 1 });
  }
  return found;
}

/** Frames that are at another page, by their tokens; frames that move together are one entry. */
function movedFrames(before: Pages, after: Pages): Moved[] {
  const moved: Moved[] = [];
  after.forEach((token, to) => {
    const from = before.indexOf(token);
    if (token === 0 || from < 0 || from === to) return;
    const last = moved.at(-1);
    if (last !== undefined && last.from + last.pages === from && last.to + last.pages === to) {
      last.pages++;
    } else moved.push({ from, to, pages: 1 });
  });
  return moved;
}

/** What came to be unmapped and mapped between two address spaces, and which frames moved. */
export function changesBetween(
  [before, framesBefore]: readonly [Vmas, Pages],
  [after, framesAfter]: readonly [Vmas, Pages],
): Changes {
  const end = Math.min(MAX_PAGES, Math.max(0, ...[...before, ...after].map(endOf)));
  const all = Array.from({ length: end }, (_, page) => page);
  const isAt = (vmas: Vmas, page: number): boolean => vmaAt(vmas, page) !== undefined;
  return {
    unmapped: ranges(all.filter((page) => isAt(before, page) && !isAt(after, page))),
    mapped: ranges(all.filter((page) => !isAt(before, page) && isAt(after, page))),
    moved: movedFrames(framesBefore, framesAfter),
  };
}
