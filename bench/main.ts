import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { growth } from './growth.js';
import { growthPlot } from './growth-plot.js';
import type { Scale } from './measure.js';
import { drain, queue } from './queue.js';
import { states } from './reach.js';
import { core, enumerate, reductions, startUp } from './sections.js';
import { simulated } from './simulate.js';
import { slices } from './slices.js';
import { headingText, rowText } from './text.js';
import { unitTimes } from './unit-times.js';

interface Result {
  readonly rows: readonly object[];
  /** Counts that are not what they must be. */
  readonly wrong: readonly string[];
  /** The rows for people, where they are more than names and values. */
  readonly text?: string;
}

type Run = (scale: Scale) => Promise<Result>;

const counted =
  (run: (scale: Scale) => Promise<readonly object[]>): Run =>
  async (scale) => ({ rows: await run(scale), wrong: [] });

const SECTIONS = {
  core,
  enumerate: counted(enumerate),
  reach: counted(states),
  'start-up': counted(async (scale) => [await startUp(scale)]),
  growth: async (scale) => {
    const rows = await growth(scale);
    return { rows, wrong: [], text: growthPlot(rows) };
  },
  reductions: counted(async (scale) => [await reductions(scale)]),
  queue: counted(queue),
  drain: counted(drain),
  slices: counted(slices),
  'unit-times': counted(unitTimes),
  simulate: counted(simulated),
} satisfies Record<string, Run>;

type Section = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as Section[];

const USAGE = `npm run bench -- [--quick] [--json] [--pages N] [--repeats N] [--sizes 8/9,...] [${NAMES.join('|')}...]`;

const isSection = (name: string): name is Section => name in SECTIONS;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      pages: { type: 'string' },
      repeats: { type: 'string' },
      sizes: { type: 'string' },
    },
    allowPositionals: true,
  });
  const { quick, json } = values;
  const scale: Scale = {
    quick,
    pages: Number(values.pages ?? (quick ? 3 : 7)),
    repeats: Number(values.repeats ?? (quick ? 1 : 5)),
    sizes: (values.sizes ?? (quick ? '5/8,6/8' : '8/9,8/12,9/12,10/12')).split(','),
  };
  const positive = [scale.pages, scale.repeats].every((n) => Number.isInteger(n) && n > 0);
  const sized = scale.sizes.every((size) => /^\d+\/\d+$/.test(size));
  if (!positive || !sized || !positionals.every(isSection)) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  // CI compares counts only, and those are in the core model.
  const wanted =
    positionals.length > 0 ? positionals.filter(isSection) : quick ? NAMES.slice(0, 2) : NAMES;
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const report = { machine, ...scale };
  const found: Partial<Record<Section, readonly object[]>> = {};
  if (!json) process.stdout.write(`${headingText(report)}\n`);
  let exit = 0;
  for (const name of wanted) {
    const run: Run = SECTIONS[name];
    const { rows, wrong, text = rows.map(rowText).join('\n') } = await run(scale);
    found[name] = rows;
    if (wrong.length > 0) {
      exit = 1;
      process.stderr.write(`bench: counts differ\n${wrong.join('\n')}\n`);
    }
    if (!json) process.stdout.write(`\n${name}\n${text}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ ...report, ...found }, null, 2)}\n`);
  return exit;
}

process.exitCode = await main();
