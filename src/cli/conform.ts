import { type Conformance, conform, verdictOf } from '../conformance/conform.js';
import { exhaustiveScenarios } from '../conformance/exhaustive.js';
import type { Kernel } from '../conformance/kernel.js';
import { randomScenarios } from '../conformance/random.js';
import { type ConformRecord, readRecords, recordOf, recordsWith } from '../conformance/records.js';
import type { Scenario } from '../conformance/scenario.js';
import type { Work } from '../conformance/work.js';
import { BadInput } from '../input/bad-input.js';
import { type Machine, machine } from '../model/plan.js';
import { conformJson } from '../report/conform-json.js';
import { type ConformReport, conformText, kernelText, workText } from '../report/conform-text.js';
import { CountProgress } from './count-progress.js';
import { Exit } from './exit.js';
import { releaseBeside, withKernel } from './kernel.js';
import { outputFile } from './output-file.js';
import { readScenarios } from './scenario-file.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';

export interface ConformFlags {
  readonly kernel: string;
  readonly release?: string;
  readonly scenarios?: string;
  readonly random?: number;
  readonly seed?: number;
  readonly exhaustive?: number;
  readonly out?: string;
  readonly json?: true;
  readonly quiet?: true;
}

const DEFAULT_RANDOM = 2000;

/** The work that the flags ask for: one kind of scenarios, random ones unless said otherwise. */
function workOf({ scenarios, random, seed, exhaustive }: ConformFlags): Work {
  const asked = Object.entries({ scenarios, random, exhaustive }).filter(
    ([, v]) => v !== undefined,
  );
  if (asked.length > 1) {
    const names = asked.map(([name]) => `--${name}`).join(' and ');
    throw new BadInput(`found ${names}, expected one of --scenarios, --random and --exhaustive`);
  }
  if (seed !== undefined && (scenarios ?? exhaustive) !== undefined) {
    throw new BadInput(`found --seed with --${asked[0]?.[0]}, expected it with --random alone`);
  }
  if (scenarios !== undefined) return { kind: 'file', file: scenarios };
  if (exhaustive !== undefined) return { kind: 'exhaustive', pages: exhaustive };
  const drawn = seed ?? Math.floor(Math.random() * 2 ** 31);
  return { kind: 'random', count: random ?? DEFAULT_RANDOM, seed: drawn };
}

interface Source {
  readonly scenarios: Iterable<Scenario>;
  /** Which part of it is done, from 0 to 1. */
  readonly portion: (done: number) => number;
}

function sourceOf(work: Work, on: Machine): Source {
  if (work.kind === 'exhaustive') return exhaustiveScenarios(on, work.pages);
  if (work.kind === 'random') {
    const { count, seed } = work;
    return { scenarios: randomScenarios(count, seed), portion: (done) => done / count };
  }
  const scenarios = readScenarios(work.file).map(({ scenario }) => scenario);
  return { scenarios, portion: (done) => done / scenarios.length };
}

const EXITS = {
  agrees: Exit.ok,
  disagrees: Exit.unexpected,
  unknown: Exit.incomplete,
} as const satisfies Record<ReturnType<typeof verdictOf>, Exit>;

async function compared(
  kernel: Kernel,
  flags: ConformFlags,
  work: Work,
  signal: AbortSignal,
): Promise<ConformReport> {
  const on = machine(releaseBeside(kernel, flags.release));
  const { scenarios, portion } = sourceOf(work, on);
  if (flags.quiet !== true) {
    note(`${kernelText(kernel)} and ${on.release.id}: ${workText(work)}`);
  }
  const progress = flags.quiet === true ? undefined : new CountProgress(portion);
  const found = await conform(kernel, on, scenarios, {
    signal,
    ...(progress === undefined ? {} : { onProgress: (p) => progress.show(p) }),
  }).finally(() => progress?.end());
  const { name, version } = kernel;
  return { kernel: { name, version }, release: on.release.id, work, found };
}

/** Why it is no record of what a kernel does, if it is none. */
function lackOf({ complete, compared, notSurvived }: Conformance): string | undefined {
  if (!complete) return 'the run is not finished';
  if (notSurvived.length > 0) return 'the kernel did not survive it';
  return compared === 0 ? 'nothing was compared' : undefined;
}

/** Adds a record to the file that is asked for. What cannot be read or written is found out here, before the work. */
function keeperOf({ out }: ConformFlags): (record: ConformRecord) => void {
  if (out === undefined) return () => {};
  readRecords(out);
  const write = outputFile(out, '--out');
  return (record) => write(recordsWith(out, record));
}

/** Compares a kernel with a release on scenarios, prints where they agree and where not, and keeps the result if asked. */
export async function conformCommand(flags: ConformFlags): Promise<Exit> {
  const work = workOf(flags);
  const keep = keeperOf(flags);
  const report = await withKernel(flags.kernel, (kernel, signal) =>
    compared(kernel, flags, work, signal),
  );
  const { kernel, release, found } = report;
  if (flags.json === true) printJson(conformJson(report));
  else print(conformText(report, stdoutStyle()));
  const lacks = lackOf(found);
  if (lacks === undefined) {
    const date = new Date().toISOString().slice(0, 10);
    keep(recordOf(kernel, release, work, found, date));
  } else if (flags.out !== undefined) {
    note(`${flags.out}: not written, ${lacks}`);
  }
  return EXITS[verdictOf(found)];
}
