import { type Counterexample, fromEnumeration } from '../checker/counterexample.js';
import type { Finding } from '../checker/findings.js';
import { fromRaces, type RaceCounterexample } from '../checker/race-counterexample.js';
import { foundOf, invariantFor, machineFor } from './execute.js';
import { type Job, jobKey } from './jobs.js';
import type { Rung, RungSearch } from './ladder.js';
import { inStages, type SearchOptions, search } from './search.js';
import type { ProgressOf } from './verdicts.js';

/** How far up which ladder, for which promises. */
export interface SensitivityQuestion {
  /** Names that are known, each once. */
  readonly invariants: readonly string[];
  /** References that are known, each once. */
  readonly releases: readonly string[];
  /** Lowest rung first. */
  readonly ladder: readonly Rung[];
}

/** What first breaks a promise: the search, and what it found. */
interface Breach {
  readonly rung: Rung;
  readonly search: RungSearch;
  /** The witnesses are those of the rung alone. */
  readonly finding: Finding;
}

/** What it takes to break one invariant on one release. */
export interface Sensitivity {
  readonly invariant: string;
  readonly release: string;
  /** `unknown`: interrupted before it was broken; `untested`: nothing on the ladder was a case of it. */
  readonly found: 'broken' | 'holds' | 'untested' | 'unknown';
  /** Calls that the invariant is about, on the rungs that were asked. */
  readonly applied: number;
  readonly breach: Breach | undefined;
}

export interface SensitivityReport {
  readonly question: SensitivityQuestion;
  /** Invariants in the order of the question, each with the releases in theirs. */
  readonly cells: readonly Sensitivity[];
  /** Calls made in all searches together. */
  readonly transitions: number;
  readonly complete: boolean;
}

type Cell = Pick<Sensitivity, 'invariant' | 'release' | 'applied' | 'breach'>;

const jobOf = (one: RungSearch, release: string, invariants: readonly string[]): Job =>
  one.kind === 'race'
    ? { kind: 'race', release, bounds: one.bounds, invariants }
    : { kind: 'enumerate', release, bounds: one.bounds, invariants };

/** Whether a release has what the rung is about. */
const has = (release: string, { needs }: Rung): boolean =>
  needs === undefined ||
  !machineFor(release).release.calls[needs].some(({ errnos }) => errnos?.includes('ENOSYS'));

/** The searches of a rung, each release's for what is not broken on it yet. */
function jobsFor(rung: Rung, cells: readonly Cell[]): Map<string, Job> {
  const releases = [...new Set(cells.map(({ release }) => release))].filter((r) => has(r, rung));
  const jobs = rung.searches.flatMap((one) =>
    releases.map((release) => {
      const asked = cells.filter((cell) => cell.release === release);
      return jobOf(
        one,
        release,
        asked.map(({ invariant }) => invariant),
      );
    }),
  );
  return new Map(jobs.map((job) => [jobKey(job), job]));
}

/** What a search found of the cell's invariant, as far as it counts on the rung. */
function findingOf(
  { invariant, release }: Cell,
  rung: Rung,
  one: RungSearch,
  progressOf: ProgressOf,
): Finding | undefined {
  const { result } = progressOf(jobKey(jobOf(one, release, [])));
  const found = foundOf(result, 'enumerate', 'race');
  const finding = found?.findings.find((f) => f.invariant === invariant);
  if (finding === undefined) return undefined;
  // Those above the limit are ranked last: if there are others, some of them are kept.
  const witnesses = finding.witnesses.filter((w) => rung.aboveLimit === true || !w.aboveLimit);
  return { ...finding, witnesses };
}

/** The cell after a rung. */
function climbed(cell: Cell, rung: Rung, progressOf: ProgressOf): Cell {
  let { applied, breach } = cell;
  for (const one of rung.searches) {
    const finding = findingOf(cell, rung, one, progressOf);
    applied += finding?.applied ?? 0;
    if (finding !== undefined && finding.witnesses.length > 0) {
      breach ??= { rung, search: one, finding };
    }
  }
  return { ...cell, applied, breach };
}

function word({ applied, breach }: Cell, complete: boolean): Sensitivity['found'] {
  if (breach !== undefined) return 'broken';
  if (!complete) return 'unknown';
  return applied > 0 ? 'holds' : 'untested';
}

/**
 * Climbs the ladder. On each rung only what is not broken on a lower one is asked, so that a cell is
 * the same whatever else is asked, and whatever the workers.
 */
export async function sensitivity(
  question: SensitivityQuestion,
  options: SearchOptions,
): Promise<SensitivityReport> {
  const { invariants, releases, ladder } = question;
  let cells: Cell[] = invariants.flatMap((invariant) =>
    releases.map((release) => ({ invariant, release, applied: 0, breach: undefined })),
  );
  let transitions = 0;
  for (const [i, rung] of ladder.entries()) {
    if (options.signal.aborted) break;
    const before = transitions;
    const searched = await search(
      jobsFor(
        rung,
        cells.filter(({ breach }) => breach === undefined),
      ),
      {
        ...options,
        onProgress: (p) => options.onProgress?.(inStages(p, i, ladder.length, before)),
      },
    );
    transitions += searched.transitions;
    cells = cells.map((cell) =>
      cell.breach === undefined ? climbed(cell, rung, searched.progressOf) : cell,
    );
  }
  const complete = !options.signal.aborted;
  return {
    question,
    cells: cells.map((cell) => ({ ...cell, found: word(cell, complete) })),
    transitions,
    complete,
  };
}

/** The smallest counterexample of the lowest rung that breaks a promise; none where nothing does. */
export function breachShown({
  invariant,
  release,
  breach,
}: Sensitivity): Counterexample | RaceCounterexample | undefined {
  if (breach === undefined) return undefined;
  const { search: one, finding } = breach;
  const on = machineFor(release);
  return one.kind === 'race'
    ? fromRaces(on, one.bounds, invariantFor(invariant), finding)
    : fromEnumeration(on, one.bounds, invariantFor(invariant), finding);
}
