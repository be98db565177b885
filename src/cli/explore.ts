import { pose } from '../conformance/claim-scenario.js';
import type { Scenario } from '../conformance/scenario.js';
import { obey, type Session, start, startFrom } from '../explore/session.js';
import { BadInput } from '../input/bad-input.js';
import { readText } from '../input/read-text.js';
import { machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { releases } from '../model/releases/index.js';
import { ModelLimitError } from '../model/vma.js';
import { breachesOf, tracesIn } from '../trace/read.js';
import type { BreachTrace } from '../trace/trace.js';
import { Exit } from './exit.js';
import { exploreLines } from './explore-lines.js';
import { exploreTerminal } from './explore-terminal.js';
import { readScenarios, releaseFor } from './replay.js';
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
}

function pickNth<T>(all: readonly T[], nth: number, file: string, what: string): T {
  const one = all[nth - 1];
  if (one !== undefined) return one;
  const found = all.length === 0 ? `no ${what}` : `${all.length}`;
  throw new BadInput(
    `--nth: found ${nth}, expected one of the ${what}s in ${file}, which has ${found}`,
  );
}

/** A counterexample of verify --json, as the scenario that it is. */
function fromTrace(trace: BreachTrace, file: string, asked: Release | undefined): Origin {
  const release = asked ?? releaseFor(trace.release, `${file}: release`);
  if (trace.kind === 'race') {
    throw new BadInput(`${file}: found a race, expected a counterexample of one call`);
  }
  const posed = pose(machine(release), trace, trace.invariant);
  if ('scenario' in posed) return { scenario: posed.scenario, release };
  throw new BadInput(`${file}: found a counterexample that is no scenario: ${posed.impossible}`);
}

const newest = (): Release => releases.at(-1) as Release;

/** As JSON, if all of the text is that; a file of several scenarios is not. */
function wholeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function originOf(file: string, { release, nth = 1 }: ExploreFlags): Origin {
  if (file === '-')
    throw new BadInput('found - as a file, expected its name: standard input is for commands');
  const asked = release === undefined ? undefined : releaseFor(release, '--release');
  const text = readText(file, 'a scenario, or a counterexample of verify --json');
  const traces = breachesOf(tracesIn(wholeJson(text), `${file}: `));
  if (traces.length > 0)
    return fromTrace(pickNth(traces, nth, file, 'counterexample'), file, asked);
  const { scenario } = pickNth(readScenarios(file), nth, file, 'scenario');
  return { scenario, release: asked ?? newest() };
}

function sessionFor(file: string | undefined, flags: ExploreFlags): Session {
  const { release, pages, limit, nth } = flags;
  const limited = (session: Session): Session =>
    limit === undefined ? session : obey(session, { do: 'limit', value: limit });
  if (file === undefined) {
    if (nth !== undefined)
      throw new BadInput('--nth: found it without a file, expected a file too');
    const on = release === undefined ? newest() : releaseFor(release, '--release');
    return limited(start(pages ?? DEFAULT_PAGES, machine(on)));
  }
  if (pages !== undefined) {
    throw new BadInput('--pages: found it with a file, expected no file: a scenario has its pages');
  }
  const origin = originOf(file, flags);
  return limited(startFrom(origin.scenario, machine(origin.release)));
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
