import type { ReachBounds } from '../checker/bounds.js';
import { type CoarseClass, coarseClasses } from '../checker/coarse.js';
import { type Counterexample, fromEnumeration, fromReach } from '../checker/counterexample.js';
import { type Difference, differenceOf } from '../checker/difference.js';
import type { Finding } from '../checker/findings.js';
import type { RaceSearch } from '../checker/race.js';
import { fromRaces, type RaceCounterexample } from '../checker/race-counterexample.js';
import type { ReachFinding } from '../checker/reach/reach.js';
import type { Work } from '../checker/tally.js';
import type {
  Check,
  CompareCheck,
  EnumerateCheck,
  ExpectedClass,
  ExpectedNumbers,
  RaceCheck,
  ReachCheck,
  ReachRun,
  VerdictWord,
} from '../specs/spec.js';
import { foundOf, invariantFor, machineFor, type TaskResult } from './execute.js';
import { type Job, jobKey, jobsOf } from './jobs.js';

/** What was found of an invariant, beside what was expected. */
export interface Verdict {
  readonly invariant: string;
  readonly release: string;
  readonly expected: VerdictWord;
  /** `unknown`: the search was not finished, and what is done of it shows no breach. */
  readonly found: VerdictWord | 'unknown';
  readonly because: string;
  /** Transitions that the invariant is about, and that break it. */
  readonly applied: number;
  readonly broken: number;
  readonly counterexample: Counterexample | RaceCounterexample | undefined;
}

/** The work behind the verdicts of one release in one check. */
export interface SearchReport {
  readonly release: string;
  readonly work: Work;
  /** False if the search was interrupted or met a bound on its states. */
  readonly complete: boolean;
}

export interface RunReport extends SearchReport {
  readonly run: ReachRun;
  readonly edges: number;
  readonly largestCount: number;
  readonly depth: number;
  /** Names of numbers that differ from the expected ones. */
  readonly wrong: readonly (keyof ExpectedNumbers)[];
}

export interface EnumerateReport {
  readonly kind: 'enumerate';
  readonly check: EnumerateCheck;
  readonly verdicts: readonly Verdict[];
  readonly searches: readonly SearchReport[];
}

/** The searches of one release each, and how many races and behaviours they went through. */
export interface RaceReport {
  readonly kind: 'race';
  readonly check: RaceCheck;
  readonly verdicts: readonly Verdict[];
  readonly searches: readonly (SearchReport &
    Pick<RaceSearch, 'races' | 'behaviours' | 'interleavings'>)[];
}

export interface ReachReport {
  readonly kind: 'reach';
  readonly check: ReachCheck;
  readonly verdicts: readonly Verdict[];
  readonly runs: readonly RunReport[];
}

/**
 * A class of differences; `unexpected` where the spec has none like it or at another headroom, `missing`
 * where only the spec has it, `unknown` while its headroom may still grow to what the spec says.
 */
export interface ClassVerdict {
  readonly state: 'expected' | 'unexpected' | 'missing' | 'unknown';
  readonly found: CoarseClass | undefined;
  /** The smallest call of the class. */
  readonly smallest: Difference | undefined;
  readonly expected: ExpectedClass | undefined;
}

export interface CompareReport {
  readonly kind: 'compare';
  readonly check: CompareCheck;
  readonly classes: readonly ClassVerdict[];
  readonly spaces: number;
  readonly transitions: number;
  readonly complete: boolean;
}

export type CheckReport = EnumerateReport | ReachReport | RaceReport | CompareReport;

/** A job's result so far. */
export interface JobProgress {
  readonly result: TaskResult | undefined;
  readonly complete: boolean;
}

export type ProgressOf = (key: string) => JobProgress;

interface Tested {
  readonly applied: number;
  readonly broken: number;
}

function word({ applied, broken }: Tested, complete: boolean): VerdictWord | 'unknown' {
  if (broken > 0) return 'violated';
  if (!complete) return 'unknown';
  return applied > 0 ? 'holds' : 'untested';
}

const NOTHING: Work = {
  spaces: 0,
  transitions: 0,
  steps: {},
  refusals: {},
  results: {},
  peak: 0,
};

function enumerateReport(check: EnumerateCheck, progressOf: ProgressOf): EnumerateReport {
  const verdicts: Verdict[] = [];
  const searches: SearchReport[] = [];
  for (const job of jobsOf(check)) {
    if (job.kind !== 'enumerate') continue;
    const { result, complete } = progressOf(jobKey(job));
    const found = foundOf(result, 'enumerate');
    searches.push({ release: job.release, work: found?.work ?? NOTHING, complete });
    const show = (id: string, finding: Finding) =>
      fromEnumeration(machineFor(job.release), check.bounds, invariantFor(id), finding);
    verdicts.push(...verdictsOn(check, job.release, found?.findings ?? [], complete, show));
  }
  return { kind: 'enumerate', check, verdicts, searches };
}

function raceReport(check: RaceCheck, progressOf: ProgressOf): RaceReport {
  const verdicts: Verdict[] = [];
  const searches: RaceReport['searches'][number][] = [];
  for (const job of jobsOf(check)) {
    if (job.kind !== 'race') continue;
    const { release } = job;
    const { result, complete } = progressOf(jobKey(job));
    const found = foundOf(result, 'race');
    const { work = NOTHING, races = 0, behaviours = 0, interleavings = 0 } = found ?? {};
    searches.push({ release, work, complete, races, behaviours, interleavings });
    const show = (id: string, finding: Finding) =>
      fromRaces(machineFor(release), check.bounds, invariantFor(id), finding);
    verdicts.push(...verdictsOn(check, release, found?.findings ?? [], complete, show));
  }
  return { kind: 'race', check, verdicts, searches };
}

/** What a search found of each invariant that the check asks of a release. */
const verdictsOn = (
  { expect }: EnumerateCheck | RaceCheck,
  release: string,
  findings: readonly Finding[],
  complete: boolean,
  show: (invariant: string, finding: Finding) => Verdict['counterexample'],
): Verdict[] =>
  expect
    .filter((e) => e.releases.includes(release))
    .map(({ invariant, verdict, because }) => {
      const finding = findings.find((f) => f.invariant === invariant);
      const { applied = 0, broken = 0 } = finding ?? {};
      return {
        invariant,
        release,
        expected: verdict,
        found: word({ applied, broken }, complete),
        because,
        applied,
        broken,
        counterexample:
          finding === undefined || broken === 0 ? undefined : show(invariant, finding),
      };
    });

const NUMBERS: readonly (keyof ExpectedNumbers)[] = [
  'states',
  'transitions',
  'edges',
  'largestCount',
];

function runReport(release: string, run: ReachRun, progress: JobProgress): RunReport {
  const found = foundOf(progress.result, 'reach');
  const numbers = {
    states: found?.work.spaces,
    transitions: found?.work.transitions,
    edges: found?.edges,
    largestCount: found?.largestCount,
  };
  const complete = progress.complete && found?.complete === true;
  return {
    release,
    run,
    work: found?.work ?? NOTHING,
    edges: found?.edges ?? 0,
    largestCount: found?.largestCount ?? 0,
    depth: found?.depth ?? 0,
    complete,
    wrong: complete
      ? NUMBERS.filter((n) => run.numbers[n] !== undefined && run.numbers[n] !== numbers[n])
      : [],
  };
}

/** How a run breaks an invariant. */
interface Breach {
  readonly bounds: ReachBounds;
  readonly finding: ReachFinding;
}

const callsTo = ({ finding }: Breach): number => finding.path?.length ?? Number.POSITIVE_INFINITY;

/** The breach with the fewest calls; of equal ones the first. */
const fewestCalls = (breaches: readonly Breach[]): Breach | undefined =>
  breaches.reduce<Breach | undefined>(
    (best, one) => (best === undefined || callsTo(one) < callsTo(best) ? one : best),
    undefined,
  );

/** An invariant over all runs of a check: broken in one is broken, and that with the fewest calls shows how. */
function reachReport(check: ReachCheck, progressOf: ProgressOf): ReachReport {
  const jobs = jobsOf(check);
  const progress = jobs.map((job) => progressOf(jobKey(job)));
  const runs = check.runs.map((run, i) =>
    runReport(check.release, run, progress[i] as JobProgress),
  );
  const complete = runs.every((run) => run.complete);
  const verdicts = check.expect.map((expectation): Verdict => {
    const findings = progress.map((p) =>
      foundOf(p.result, 'reach')?.findings.find((f) => f.invariant === expectation.invariant),
    );
    const applied = findings.reduce((sum, f) => sum + (f?.applied ?? 0), 0);
    const broken = findings.reduce((sum, f) => sum + (f?.broken ?? 0), 0);
    const shown = fewestCalls(
      check.runs.flatMap(({ bounds }, i) => {
        const finding = findings[i];
        return finding?.path === undefined ? [] : [{ bounds, finding }];
      }),
    );
    return {
      invariant: expectation.invariant,
      release: check.release,
      expected: expectation.verdict,
      found: word({ applied, broken }, complete),
      because: expectation.because,
      applied,
      broken,
      counterexample:
        shown === undefined
          ? undefined
          : fromReach(
              machineFor(check.release),
              shown.bounds,
              invariantFor(expectation.invariant),
              shown.finding,
            ),
    };
  });
  return { kind: 'reach', check, verdicts, runs };
}

const alike = (found: CoarseClass, expected: ExpectedClass): boolean =>
  found.shape === expected.shape && found.from === expected.from && found.to === expected.to;

/** What is found more can only widen the headroom of a class; nothing takes back a class or a headroom. */
function stateOf(
  { headroom: [least, greatest] }: CoarseClass,
  expected: ExpectedClass | undefined,
  complete: boolean,
): ClassVerdict['state'] {
  if (expected === undefined) return 'unexpected';
  const [from, to] = expected.headroom;
  if (least < from || greatest > to) return 'unexpected';
  if (!complete) return 'unknown';
  return least === from && greatest === to ? 'expected' : 'unexpected';
}

function compareReport(check: CompareCheck, progressOf: ProgressOf): CompareReport {
  const [job] = jobsOf(check) as [Job];
  const { result, complete } = progressOf(jobKey(job));
  const found = foundOf(result, 'compare');
  const on = [machineFor(check.releases[0]), machineFor(check.releases[1])] as const;
  const seen = coarseClasses(found?.classes ?? []);
  const classes = seen.map((one): ClassVerdict => {
    const expected = check.expect.find((e) => alike(one, e));
    const state = stateOf(one, expected, complete);
    return { state, found: one, smallest: differenceOf(on, check.bounds, one.witness), expected };
  });
  const missing = complete ? check.expect.filter((e) => !seen.some((one) => alike(one, e))) : [];
  return {
    kind: 'compare',
    check,
    classes: [
      ...classes,
      ...missing.map(
        (expected) =>
          ({ state: 'missing', found: undefined, smallest: undefined, expected }) as const,
      ),
    ],
    spaces: found?.spaces ?? 0,
    transitions: found?.transitions ?? 0,
    complete,
  };
}

/** What a check found, from the results of its jobs. */
export function reportOn(check: Check, progressOf: ProgressOf): CheckReport {
  if (check.check === 'compare') return compareReport(check, progressOf);
  if (check.check === 'race') return raceReport(check, progressOf);
  return check.check === 'reach'
    ? reachReport(check, progressOf)
    : enumerateReport(check, progressOf);
}

/** Whether a class is other than the spec says, whatever is found yet. */
export const isUnexpectedClass = ({ state }: ClassVerdict): boolean =>
  state === 'unexpected' || state === 'missing';

/**
 * Whether anything is other than the spec says. A breach and a difference count at once, a promise kept
 * only when all is searched.
 */
export function isUnexpected(report: CheckReport): boolean {
  if (report.kind === 'compare') return report.classes.some(isUnexpectedClass);
  const numbers = report.kind === 'reach' && report.runs.some((run) => run.wrong.length > 0);
  return numbers || report.verdicts.some((v) => v.found !== 'unknown' && v.found !== v.expected);
}

export const isComplete = (report: CheckReport): boolean =>
  report.kind === 'compare'
    ? report.complete
    : report.kind === 'reach'
      ? report.runs.every((run) => run.complete)
      : report.searches.every((search) => search.complete);
