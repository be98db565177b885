import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReachOptions } from '../src/checker/reach/expander.js';
import { invariants } from '../src/invariants/index.js';
import { type TaskResult, transitionsOf } from '../src/verify/execute.js';
import type { Task } from '../src/verify/jobs.js';
import { threads } from '../src/verify/pool.js';
import { listed } from '../src/verify/source.js';
import { note, probe, repeated, type Scale, typical } from './measure.js';
import { type CoreSize, type Exploration, peers } from './peers.js';
import type { Probe, Probed } from './probe.js';
import { runProgram } from './processes.js';
import { median } from './statistics.js';
import { coreBounds, fullBounds } from './workloads.js';

const ROOT = join(import.meta.dirname, '../..');

/** What specs/core-model.json says of a size, if it has it. */
function knownCounts(
  size: CoreSize,
): Record<'states' | 'transitions' | 'edges', number> | undefined {
  const text = readFileSync(join(ROOT, 'specs/core-model.json'), 'utf8');
  const spec = JSON.parse(text) as {
    checks: { runs: (CoreSize & Record<'states' | 'transitions' | 'edges', number>)[] }[];
  };
  return spec.checks
    .flatMap(({ runs }) => runs)
    .find(
      ({ pages, limit, mmapCap }) =>
        pages === size.pages && limit === size.limit && mmapCap === size.mmapCap,
    );
}

interface CoreResult {
  readonly who: string;
  readonly pages: number;
  readonly limit: number;
  readonly states: number;
  readonly transitions: number;
  readonly rounding?: number;
  readonly edges?: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** How many times our time this takes. */
  readonly ofOurs: number;
}

/** `8/9`: eight pages and a limit of nine, which mmap() has too. */
function coreSize(text: string): CoreSize {
  const [pages = 0, limit = 0] = text.split('/').map(Number);
  return { pages, limit, mmapCap: limit };
}

function mismatches(ours: CoreResult, others: readonly CoreResult[], size: CoreSize): string[] {
  const known = knownCounts(size);
  const at = `${size.pages}/${size.limit}`;
  const wrong = others
    .filter(
      ({ states, transitions, rounding = 0 }) =>
        states !== ours.states || Math.abs(transitions - ours.transitions) > rounding,
    )
    .map(
      ({ who, states, transitions }) => `${at}: ${who} has ${states} states, ${transitions} calls`,
    );
  if (known !== undefined) {
    for (const what of ['states', 'transitions', 'edges'] as const) {
      if (known[what] !== ours[what])
        wrong.push(`${at}: ${ours[what]} ${what}, not ${known[what]}`);
    }
  }
  return wrong;
}

/** The core model, by us and by whatever peers are installed; they take turns. */
export async function core({ quick, repeats, sizes }: Scale): Promise<{
  readonly rows: readonly CoreResult[];
  readonly wrong: readonly string[];
}> {
  const installed = [];
  for (const peer of peers) {
    if (await peer.isInstalled()) installed.push(peer);
    else note(`no ${peer.name}: apt-get install ${peer.debianPackages.join(' ')}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'mremap-check-bench-'));
  const results: CoreResult[] = [];
  const wrong: string[] = [];
  try {
    for (const size of sizes.map(coreSize)) {
      const name = `${size.pages} pages, limit ${size.limit}`;
      const built = [];
      for (const peer of installed) {
        note(`core: ${peer.name}, ${name}: building`);
        const into = join(folder, `${size.pages}-${size.limit}-${built.length}`);
        built.push({
          who: peer.name,
          explore: await peer.build(size, into, quick ? '-O0' : '-O3'),
        });
      }
      note(`core: ${name}: ${repeats} turns`);
      const mine: Probed[] = [];
      const theirs: Exploration[][] = built.map(() => []);
      for (let turn = 0; turn < repeats; turn++) {
        mine.push(await probe({ search: 'reach', bounds: coreBounds(size) }));
        for (const [i, { explore }] of built.entries()) theirs[i]?.push(await explore());
      }
      const row = (who: string, runs: readonly Exploration[]): CoreResult => {
        const run = typical(runs);
        return {
          who,
          pages: size.pages,
          limit: size.limit,
          ...run,
          perSecond: run.transitions / run.seconds,
          // Turn by turn, since other work on the machine slows a whole turn.
          ofOurs: median(runs.map(({ seconds }, i) => seconds / (mine[i] as Probed).seconds)),
        };
      };
      const ours = { ...row('mremap-check', mine), edges: (mine[0] as Probed).edges };
      const others = built.map(({ who }, i) => row(who, theirs[i] as Exploration[]));
      results.push(ours, ...others);
      wrong.push(...mismatches(ours, others, size));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { rows: results, wrong };
}

interface EnumerateResult {
  readonly release: string;
  readonly pages: number;
  readonly workers: number;
  readonly calls: number;
  readonly seconds: number;
  readonly perSecondAndWorker: number;
  /** One worker's time over this one's. */
  readonly speedup: number;
}

/**
 * Parts of the sample, if there are as many: half a minute of work for one worker. In a second or two most of
 * what two workers gain is lost again, since each has V8 compile everything for itself.
 */
const SAMPLE = 64;
const NOTHING = 2 ** 40;

interface Sample {
  readonly calls: number;
  /** Without starting threads and preparing calls and address spaces, which a sample has much of and a whole search little. */
  readonly seconds: number;
}

const partsFor = (pages: number): number => 4 * 8 ** Math.max(0, pages - 4);

/** A sample of the parts of the full model, on one worker and on two. */
export async function enumerate({ pages, repeats }: Scale): Promise<EnumerateResult[]> {
  const results: EnumerateResult[] = [];
  for (const release of ['v6.12', 'v7.2']) {
    const parts = partsFor(pages);
    const ids = invariants.map(({ id }) => id);
    const job = { kind: 'enumerate', release, bounds: fullBounds(pages), invariants: ids } as const;
    const sample = Math.min(SAMPLE, parts);
    const tasks: Task[] = Array.from({ length: sample }, (_, part) => ({ job, part, parts }));
    const timed = async (workers: number, what: readonly Task[]): Promise<Sample> => {
      let calls = 0;
      const start = performance.now();
      const add = (_: number, result: TaskResult): void => {
        calls += transitionsOf(result);
      };
      await threads(workers)(listed(what, add), new AbortController().signal);
      return { calls, seconds: (performance.now() - start) / 1000 };
    };
    // Parts behind the last address space have nothing to do but to start and to list them all.
    const idle = tasks.map((task) => ({ ...task, part: NOTHING, parts: NOTHING + 1 }));
    const sampled = async (workers: number): Promise<Sample> => {
      const { seconds: spent } = await timed(workers, idle);
      const { calls, seconds } = await timed(workers, tasks);
      return { calls, seconds: Math.max(0.001, seconds - spent) };
    };
    note(`enumerate: ${release}, ${pages} pages, ${sample} of ${parts} parts, ${repeats} turns`);
    const turns = await repeated(
      repeats,
      async () => [await sampled(1), await sampled(2)] as const,
    );
    for (const [i, workers] of [1, 2].entries()) {
      const run = typical(turns.map((turn) => turn[i] as Sample));
      const perSecondAndWorker = run.calls / run.seconds / workers;
      const speedup = median(turns.map((turn) => turn[0].seconds / (turn[i] as Sample).seconds));
      results.push({ release, pages, workers, ...run, perSecondAndWorker, speedup });
    }
  }
  return results;
}

/** From the start of the process to its end. */
export async function startUp({ repeats }: Scale): Promise<Record<string, number>> {
  note(`start-up: ${repeats} turns`);
  const main = join(ROOT, 'dist/cli/main.js');
  const timed = async (args: readonly string[]): Promise<number> =>
    median(
      (await repeated(repeats, () => runProgram(process.execPath, [main, ...args]))).map(
        ({ seconds }) => seconds,
      ),
    );
  return {
    'nothing but Node': median(
      (await repeated(repeats, () => runProgram(process.execPath, ['-e', '']))).map(
        ({ seconds }) => seconds,
      ),
    ),
    '--help': await timed(['--help']),
    'a trivial spec': await timed(['verify', '--quiet', join(ROOT, 'bench/trivial-spec.json')]),
  };
}

/** Time without a reduction over the time with all of them. */
export async function reductions({ quick, repeats }: Scale): Promise<Record<string, number>> {
  note('reductions: each of them switched off');
  const bounds = fullBounds(quick ? 2 : 4);
  const coreAt = coreBounds(coreSize(quick ? '5/9' : '7/9'));
  const time = async (what: Probe): Promise<number> =>
    typical(await repeated(repeats, () => probe(what))).seconds;
  const full = { search: 'enumerate', release: 'v6.12', bounds } as const;
  const all = await time(full);
  const off = async (options: NonNullable<Probe['options']>): Promise<number> =>
    (await time({ ...full, options })) / all;
  const core = { search: 'reach', bounds: coreAt } as const;
  const coreAll = await time(core);
  const coreOff = async (options: ReachOptions): Promise<number> =>
    (await time({ ...core, options })) / coreAll;
  return {
    'enumerate without argument classes, groups and idle steps': await off({
      argumentClasses: false,
    }),
    'enumerate without limit ranges': await off({ limitRanges: false }),
    'enumerate with none': await off({ argumentClasses: false, limitRanges: false }),
    'reach without argument classes, groups and idle steps': await coreOff({
      argumentClasses: false,
    }),
    'reach without segments': await coreOff({ segments: false }),
    'reach without mirror images': await coreOff({ mirror: false }),
    'reach with none': await coreOff({ argumentClasses: false, segments: false, mirror: false }),
  };
}
