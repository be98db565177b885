import { claimOfDifference, pose } from '../conformance/claim-scenario.js';
import type { Scenario } from '../conformance/scenario.js';
import { obey, type Session, start, startFrom } from '../explore/session.js';
import { BadInput } from '../input/bad-input.js';
import { readText } from '../input/read-text.js';
import { checkJson } from '../input/sound-json.js';
import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { releases } from '../model/releases/index.js';
import { ModelLimitError } from '../model/vma.js';
import { tracesIn } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { Exit } from './exit.js';
import { exploreLines } from './explore-lines.js';
import { exploreTerminal } from './explore-terminal.js';
import { releaseToRun } from './release-flag.js';
import { readScenarios } from './scenario-file.js';
import { note } from './terminal.js';

export interface ExploreFlags {
  readonly release?: string;
  readonly pages?: number;
  readonly limit?: number;
  readonly nth?: number;
}

/** Wide enough for a move with room around it, and for a strip with map_count in 80 columns. */
const DEFAULT_PAGES = 16;

interface Origin {
  readonly scenario: Scenario;
  readonly release: Release;
  /** Shown beside it. */
  readonly beside: Release | undefined;
}

function pickNth<T>(all: readonly T[], nth: number, file: string, what: string): T {
  const one = all[nth - 1];
  if (one !== undefined) return one;
  if (all.length === 0) throw new BadInput(`${file}: found no ${what}, expected ${EXPECTED}`);
  throw new BadInput(
    `--nth: found ${nth}, expected one of the ${what}s in ${file}, which has ${all.length}`,
  );
}

/**
 * A counterexample or a difference as the scenario that it is, on the release that it is of. A difference is
 * of the second of two, and has the first beside it.
 */
function fromTrace(trace: Trace, file: string, asked: Release | undefined): Origin {
  if (trace.kind === 'race') {
    throw new BadInput(`${file}: found a race, expected a counterexample of one call`);
  }
  const differs = trace.kind === 'difference';
  // A module that the file alone names is not run.
  const found = (id: string): Release =>
    releaseToRun(id, `${file}: release`, { modules: id === asked?.id });
  const [first, second] = differs ? trace.outcomes : [undefined, trace];
  const own = found(second.release);
  const claim = differs ? claimOfDifference(trace) : trace;
  const posed = pose(machine(own), claim, differs ? 'difference' : trace.invariant);
  if ('impossible' in posed) {
    const what = differs ? 'difference' : 'counterexample';
    throw new BadInput(`${file}: found a ${what} that is no scenario: ${posed.impossible}`);
  }
  const { scenario } = posed;
  if (asked !== undefined) return { scenario, release: asked, beside: undefined };
  return { scenario, release: own, beside: first && found(first.release) };
}

const newest = (): Release => releases.at(-1) as Release;

/** As JSON, if all of the text is that; a file of several scenarios is not. */
function wholeJson(text: string, file: string): unknown {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return undefined;
  }
  checkJson(whole, file);
  return whole;
}

/** A file of one scenario, as far as can be told without a message on what is wrong with it. */
const isScenario = (whole: unknown): boolean =>
  typeof whole === 'object' && whole !== null && 'calls' in whole;

const EXPECTED = 'scenarios, a line each, or traces of verify --json or diff --json';

function originOf(file: string, { release, nth = 1 }: ExploreFlags): Origin {
  if (file === '-')
    throw new BadInput('found - as a file, expected its name: standard input is for commands');
  const asked =
    release === undefined ? undefined : releaseToRun(release, '--release', { modules: true });
  const text = readText(file, EXPECTED);
  const whole = wholeJson(text, file);
  const traces = tracesIn(whole, `${file}: `);
  if (traces.length > 0) return fromTrace(pickNth(traces, nth, file, 'trace'), file, asked);
  if (whole !== undefined && !isScenario(whole)) {
    throw new BadInput(`${file}: found JSON with no trace in it, expected ${EXPECTED}`);
  }
  const { scenario } = pickNth(readScenarios(file), nth, file, 'scenario');
  return { scenario, release: asked ?? newest(), beside: undefined };
}

function sessionFor(file: string | undefined, flags: ExploreFlags): Session {
  const { release, pages, limit, nth } = flags;
  const limited = (session: Session): Session =>
    limit === undefined ? session : obey(session, { do: 'limit', value: limit });
  if (file === undefined) {
    if (nth !== undefined)
      throw new BadInput('--nth: found it without a file, expected a file too');
    const on =
      release === undefined ? newest() : releaseToRun(release, '--release', { modules: true });
    return limited(start(pages ?? DEFAULT_PAGES, machine(on)));
  }
  if (pages !== undefined) {
    throw new BadInput('--pages: found it with a file, expected no file: a scenario has its pages');
  }
  const origin = originOf(file, flags);
  const { scenario, release: on, beside } = origin;
  return limited(startFrom(scenario, machine(on), beside && machine(beside)));
}

/** Lets a user make calls and see what comes of them: on a terminal in a view, elsewhere line by line. */
export async function exploreCommand(file: string | undefined, flags: ExploreFlags): Promise<Exit> {
  let session: Session;
  try {
    session = sessionFor(file, flags);
  } catch (error) {
    if (!(error instanceof ModelLimitError)) throw error;
    note(`${file}: beyond the model: ${error.message}`);
    return Exit.incomplete;
  }
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  return onTerminal ? exploreTerminal(session) : exploreLines(session);
}
