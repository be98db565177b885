/**
 * The core model once more, written without VMAs: an array with one cell a page, 0 where nothing is
 * mapped, 1 or 2 for the two protections. A VMA is a longest run of equal cells that are not 0. Slow
 * and plain on purpose, and without anything from the model that it is compared with.
 */
export type Cells = readonly number[];

type CoreErrno = 'ENOMEM' | 'EFAULT' | 'EINVAL';

export type CoreCall =
  | { readonly name: 'mmap'; readonly at: number; readonly pages: number; readonly cell: 1 | 2 }
  | { readonly name: 'munmap'; readonly at: number; readonly pages: number }
  | {
      readonly name: 'mremap';
      readonly at: number;
      readonly from: number;
      readonly to: number;
      readonly kind: 'in place' | 'fixed' | 'dontunmap';
      readonly target: number;
    };

export interface CoreLimits {
  readonly limit: number;
  readonly mmapCap: number;
}

export interface CoreResult {
  readonly result: 'ok' | CoreErrno;
  readonly cells: Cells;
}

/** VMAs: every mapped cell that differs from the one before it begins one. */
export const countOf = (cells: Cells): number =>
  cells.filter((cell, page) => cell !== 0 && cell !== cells[page - 1]).length;

/** Thrown by a call that fails; what had been done by then stays. No Error, whose stack would take most of the time. */
class Refused {
  constructor(
    readonly errno: CoreErrno,
    readonly cells: Cells,
  ) {}
}

const filled = (cells: Cells, start: number, end: number, value: number): Cells =>
  cells.map((cell, page) => (page >= start && page < end ? value : cell));

/** First page behind the run of equal cells that holds `page`. */
function endOfRun(cells: Cells, page: number): number {
  let end = page;
  while (end < cells.length && cells[end] === cells[page]) end++;
  return end;
}

/** A hole in [start, end) would leave something of one VMA on both sides. */
const insideOneVma = (cells: Cells, start: number, end: number): boolean =>
  start > 0 && cells[start - 1] !== 0 && endOfRun(cells, start - 1) > end;

function unmapped(cells: Cells, start: number, end: number, limit: number): Cells {
  if (insideOneVma(cells, start, end) && countOf(cells) >= limit)
    throw new Refused('ENOMEM', cells);
  return filled(cells, start, end, 0);
}

function inPlace(cells: Cells, at: number, from: number, to: number, limit: number): Cells {
  if (to === from) return cells;
  if (to < from) return unmapped(cells, at + to, at + from, limit);
  const end = endOfRun(cells, at);
  if (at + from > end) throw new Refused('EFAULT', cells);
  const room = cells.slice(end, at + to).every((cell) => cell === 0);
  if (at + from < end || at + to > cells.length || !room) throw new Refused('ENOMEM', cells);
  return filled(cells, end, at + to, cells[at] as number);
}

type Move = Extract<CoreCall, { name: 'mremap' }>;

function moved(before: Cells, { at, from, to, kind, target }: Move, limit: number): Cells {
  // Asked twice: with two slots to spare for the destination and the tail, then without.
  if (countOf(before) + 2 >= limit - 3) throw new Refused('ENOMEM', before);
  let cells = unmapped(before, target, target + to, limit);
  if (to < from) cells = unmapped(cells, at + to, at + from, limit);
  const length = Math.min(from, to);
  if (at + length > endOfRun(cells, at)) throw new Refused('EFAULT', cells);
  if (countOf(cells) >= limit - 3) throw new Refused('ENOMEM', cells);
  cells = filled(cells, target, target + to, cells[at] as number);
  if (kind === 'dontunmap') return cells;
  // A failure here goes unreported: both ranges stay.
  if (insideOneVma(cells, at, at + length) && countOf(cells) >= limit) return cells;
  return filled(cells, at, at + length, 0);
}

function remapped(cells: Cells, call: Move, limit: number): Cells {
  const { at, from, to, kind, target } = call;
  if (kind === 'dontunmap' && from !== to) throw new Refused('EINVAL', cells);
  // v6.12 looks the VMA up before it compares the ranges; both refusals leave everything as it was.
  if (cells[at] === 0) throw new Refused('EFAULT', cells);
  if (kind === 'in place') return inPlace(cells, at, from, to, limit);
  if (at < target + to && target < at + from) throw new Refused('EINVAL', cells);
  return moved(cells, call, limit);
}

function mapped(cells: Cells, at: number, pages: number, cell: number, limits: CoreLimits): Cells {
  if (countOf(cells) > limits.mmapCap) throw new Refused('ENOMEM', cells);
  return filled(unmapped(cells, at, at + pages, limits.limit), at, at + pages, cell);
}

/** One call in one state. */
export function coreStep(cells: Cells, call: CoreCall, limits: CoreLimits): CoreResult {
  try {
    const after =
      call.name === 'mmap'
        ? mapped(cells, call.at, call.pages, call.cell, limits)
        : call.name === 'munmap'
          ? unmapped(cells, call.at, call.at + call.pages, limits.limit)
          : remapped(cells, call, limits.limit);
    return { result: 'ok', cells: after };
  } catch (error) {
    if (error instanceof Refused) return { result: error.errno, cells: error.cells };
    throw error;
  }
}

/** Every call in a window of so many pages. */
export function coreCalls(pages: number): CoreCall[] {
  const calls: CoreCall[] = [];
  for (let at = 0; at < pages; at++) {
    for (let from = 1; at + from <= pages; from++) {
      calls.push({ name: 'munmap', at, pages: from });
      for (const cell of [1, 2] as const) calls.push({ name: 'mmap', at, pages: from, cell });
      for (let to = 1; to <= pages; to++) {
        calls.push({ name: 'mremap', at, from, to, kind: 'in place', target: 0 });
        for (const kind of ['fixed', 'dontunmap'] as const) {
          for (let target = 0; target + to <= pages; target++) {
            calls.push({ name: 'mremap', at, from, to, kind, target });
          }
        }
      }
    }
  }
  return calls;
}
