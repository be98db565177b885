import type { Run } from '../html/run.js';
import { columns, data, rows, verdictsAt } from './data.js';
import { played } from './play.js';

/** Of the calls in this report, the one on whose way map_count rises furthest above its start. */
export interface WorstPath {
  readonly release: string;
  readonly invariant: string;
  /** Which counterexample of its cell, from 1. */
  readonly number: number;
  readonly run: Run;
  readonly rise: number;
}

const startOf = (run: Run): number => run.frames[0]?.mapCount ?? 0;

function worstOn(release: string): WorstPath | undefined {
  let worst: WorstPath | undefined;
  for (const { id } of rows) {
    const shown = verdictsAt(id, release).flatMap((verdict) => verdict.shown ?? []);
    shown.forEach(({ kind, at }, i) => {
      const one = kind === 'call' ? data.cases[at] : undefined;
      if (one === undefined) return;
      const run = played(one, at, release);
      const rise = run.peak - startOf(run);
      if (worst === undefined || rise > worst.rise) {
        worst = { release, invariant: id, number: i + 1, run, rise };
      }
    });
  }
  return worst;
}

/** Such a call of each release that has one. */
export const worstPaths = (): readonly WorstPath[] =>
  columns.flatMap((release) => worstOn(release) ?? []);

/** How far map_count rose at most in all that was searched on a release, shown or not. */
export const greatestRise = (release: string): number =>
  Math.max(
    0,
    ...data.specs.flatMap(({ checks }) =>
      checks.flatMap((check) =>
        check.kind === 'compare'
          ? []
          : check.searches.filter((one) => one.release === release).map(({ peak }) => peak),
      ),
    ),
  );
