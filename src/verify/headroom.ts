import { type ShownCall, shownCall } from '../checker/counterexample.js';
import type { HeadroomBounds, HeadroomSearch, ShapeFigures } from '../checker/headroom.js';
import { addressSpaces } from '../checker/spaces.js';
import { enumerateBounds } from '../specs/load.js';
import { machineFor } from './execute.js';
import { type Job, jobKey } from './jobs.js';
import { inStages, type SearchOptions, search } from './search.js';

/** Which release, in windows of which sizes. */
export interface HeadroomQuestion {
  /** A reference that is known. */
  readonly release: string;
  /** Pages, fewest first. */
  readonly windows: readonly number[];
}

/** What the calls of one shape need of map slots, in the largest window. */
export interface HeadroomRow extends ShapeFigures {
  /** Map slots that a call takes at most in the end: with fewer, one would end above the limit. */
  readonly needs: number;
  /** What is asked for beyond that; below zero where calls are let through that end above the limit. */
  readonly slack: number;
  /** The window from which on the figures are those of the largest; undefined if they still grew with that. */
  readonly since: number | undefined;
}

export interface HeadroomReport {
  readonly question: HeadroomQuestion;
  /** Of the largest window that was searched to its end; none if there is no such. */
  readonly bounds: HeadroomBounds | undefined;
  readonly rows: readonly HeadroomRow[];
  /** Calls made in all windows together, each in one address space. */
  readonly transitions: number;
  readonly complete: boolean;
}

/**
 * Every address space of a window: two classes of VMAs that do not merge with each other, written memory
 * so that what is moved does not merge with what was beside it, and one of them locked; and two of an
 * anon_vma, of which VMAs do not merge when a call has locked or unlocked them both.
 */
export const headroomBounds = (pages: number): HeadroomBounds => {
  const {
    limits: _,
    resources: __,
    ...bounds
  } = enumerateBounds({
    pages,
    classes: ['anon rw populated', 'anon rw populated locked'],
    identities: 2,
    limits: [0, 0],
    calls: ['mremap', 'munmap', 'mmap', 'mprotect', 'mlock', 'munlock'],
    flags: [
      [],
      ['MAYMOVE'],
      ['MAYMOVE', 'FIXED'],
      ['MAYMOVE', 'DONTUNMAP'],
      ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
    ],
    destinations: 'fits',
  });
  return bounds;
};

const sameFigures = (a: ShapeFigures, b: ShapeFigures | undefined): boolean =>
  a.ends.value === b?.ends.value && a.peak.value === b.peak.value && a.asks.value === b.asks.value;

interface Window {
  readonly bounds: HeadroomBounds;
  readonly found: HeadroomSearch;
}

function rowsOf(windows: readonly Window[]): HeadroomRow[] {
  const [largest, ...smaller] = [...windows].reverse();
  return (largest?.found.shapes ?? []).map((figures) => {
    const isSame = ({ found }: Window): boolean =>
      sameFigures(
        figures,
        found.shapes.find(({ shape }) => shape === figures.shape),
      );
    const other = smaller.findIndex((window) => !isSame(window));
    const alike = smaller.slice(0, other < 0 ? smaller.length : other);
    const needs = Math.max(0, figures.ends.value);
    const slack = figures.asks.value - needs;
    return { ...figures, needs, slack, since: alike.at(-1)?.bounds.pages };
  });
}

/** Searches each window and puts the figures of the largest together. */
export async function headroom(
  question: HeadroomQuestion,
  options: SearchOptions,
): Promise<HeadroomReport> {
  const { release, windows } = question;
  const done: Window[] = [];
  let transitions = 0;
  // One after the other: an interruption leaves the smaller ones.
  for (const [i, pages] of windows.entries()) {
    if (options.signal.aborted) break;
    const job: Job = { kind: 'headroom', release, bounds: headroomBounds(pages) };
    const key = jobKey(job);
    const before = transitions;
    const searched = await search(new Map([[key, job]]), {
      ...options,
      onProgress: (p) => options.onProgress?.(inStages(p, i, windows.length, before)),
    });
    transitions += searched.transitions;
    const { result, complete } = searched.progressOf(key);
    if (complete && result?.kind === 'headroom')
      done.push({ bounds: job.bounds, found: result.found });
  }
  return {
    question,
    bounds: done.at(-1)?.bounds,
    rows: rowsOf(done),
    transitions,
    complete: done.length === windows.length,
  };
}

/** The figures of a shape that a call attains. */
export type Figure = 'ends' | 'peak' | 'asks';

/** A smallest call that attains a figure; none where the shape asks for nothing. */
export function figureShown(
  { question, bounds }: HeadroomReport,
  row: HeadroomRow,
  figure: Figure,
): ShownCall | undefined {
  const { value, witnesses } = row[figure];
  if (bounds === undefined || (figure === 'asks' && value === 0)) return undefined;
  const spaces = addressSpaces(bounds);
  const places = witnesses.map(({ space, call, headroom: left }) => ({
    space,
    call,
    limit: spaces.at(space).length + left,
  }));
  return shownCall(machineFor(question.release), bounds, places, EXPLANATIONS[figure](value));
}

const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);

const EXPLANATIONS: Readonly<Record<Figure, (value: number) => string>> = {
  ends: (value) => `map_count ends at ${signed(value)}, the highest of this shape`,
  peak: (value) => `map_count comes to ${signed(value)}, the highest of this shape`,
  asks: (value) => `gets through from headroom ${value} on, and not with ${value - 1}`,
};
