import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PeerCall, peerCalls } from './calls.js';
import { isThere, numberIn, runProgram } from './processes.js';

/** A size of the core model. */
export interface CoreSize {
  readonly pages: number;
  /** max_map_count. */
  readonly limit: number;
  /** mmap() fails while map_count is above this. */
  readonly mmapCap: number;
}

/** One exploration of all states. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** By how much that may be off, where it is printed with eight digits. */
  readonly rounding?: number;
  readonly seconds: number;
}

/** A count that is printed with eight digits at most, as 1.2345679e+09 beyond. */
function rounded(printed: number): Pick<Exploration, 'transitions' | 'rounding'> {
  const digits = Math.floor(Math.log10(printed)) + 1;
  return { transitions: printed, ...(digits > 8 ? { rounding: 10 ** (digits - 8) } : {}) };
}

/** Another model checker. */
export interface Peer {
  readonly name: string;
  readonly debianPackages: readonly string[];
  readonly isInstalled: () => Promise<boolean>;
  /** Makes a checker of this size in an empty folder. */
  readonly build: (
    size: CoreSize,
    folder: string,
    optimized: Optimized,
  ) => Promise<() => Promise<Exploration>>;
}

/** For gcc: -O3 to measure, -O0 where only counts matter, since the compiler takes a fraction of the time. */
type Optimized = '-O3' | '-O0';

/** The models, which are not compiled: from build/bench, where this runs. */
const MODELS = join(import.meta.dirname, '../../bench/peers');

const hasCompiler = (): Promise<boolean> => isThere('gcc', ['--version']);

const cCall = ({ name, addr, from, to, what, naddr }: PeerCall): string =>
  `{ ${[name, addr, from, to, what, naddr].join(', ')} },`;

/** The number that SPIN gives the first option; the others follow. */
const FIRST = 3;

/**
 * SPIN writes a case of a switch for each option, all alike but for the number of the call. gcc would
 * take minutes for thousands of them, so that they are made one case, which takes the number from the
 * transition.
 */
function foldCases(generated: string, options: number): string {
  const after = FIRST + options;
  const start = generated.indexOf(`\tcase ${FIRST}: `);
  const second = generated.indexOf(`\tcase ${FIRST + 1}: `);
  const end = generated.indexOf(`\tcase ${after}: `);
  if (start < 0 || second < 0 || end < 0) throw new Error('not the cases that SPIN 6.5 writes');
  const body = generated
    .slice(start, second)
    .replace(`case ${FIRST}:`, `case ${FIRST} ... ${after - 1}:`)
    .replace('reached[0][1]', `reached[0][t->forw - ${FIRST - 1}]`)
    .replace('call(now.cells, 0)', `call(now.cells, t->forw - ${FIRST})`);
  return generated.slice(0, start) + body + generated.slice(end);
}

/** Without what costs time and is of no use here: partial orders, fairness, masks over the state. */
const SPIN_FLAGS = '-w -DSAFETY -DNOREDUCE -DNOFAIR -DNOCOMP -DMEMLIM=4000'.split(' ');

async function buildSpin(
  mode: readonly string[],
  { pages, limit, mmapCap }: CoreSize,
  folder: string,
  optimized: Optimized,
): Promise<() => Promise<Exploration>> {
  const calls = peerCalls(pages);
  const options = calls.map((_, number) => `  :: c_code { call(now.cells, ${number}); }\n`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(MODELS, 'core.pml'), join(folder, 'core.pml'));
  writeFileSync(join(folder, 'options.pml'), options.join(''));
  writeFileSync(join(folder, 'calls.h'), `${calls.map(cCall).join('\n')}\n`);
  await runProgram('spin', ['-a', 'core.pml'], folder);
  for (const name of ['pan.m', 'pan.b']) {
    const file = join(folder, name);
    writeFileSync(file, foldCases(readFileSync(file, 'utf8'), calls.length));
  }
  const size = [`-DPAGES=${pages}`, `-DLIMIT=${limit}`, `-DMMAP_CAP=${mmapCap}`];
  await runProgram(
    'gcc',
    [optimized, ...SPIN_FLAGS, ...mode, ...size, '-o', 'pan', 'pan.c'],
    folder,
  );
  return async () => {
    const { stdout } = await runProgram(join(folder, 'pan'), ['-m1000000', '-w18'], folder);
    return {
      states: numberIn(stdout, /(\d+) states, stored/),
      // The start of the process is one of those that it counts.
      ...rounded(numberIn(stdout, /([\d.e+]+) transitions \(= /) - 1),
      // Its clock ticks every 10 ms.
      seconds: Math.max(0.01, numberIn(stdout, /elapsed time ([\d.e+-]+) seconds/)),
    };
  };
}

const spin = (name: string, mode: readonly string[]): Peer => ({
  name,
  debianPackages: ['spin', 'gcc'],
  isInstalled: async () => (await isThere('spin', ['-V'])) && (await hasCompiler()),
  build: (...where) => buildSpin(mode, ...where),
});

/** A ruleset for each pair of lengths, since the bounds of one cannot depend on another's parameter. */
function rumurRules(pages: number): string {
  const rules: string[] = [];
  for (let from = 1; from <= pages; from++) {
    const addr = `ruleset addr: 0 .. ${pages - from}`;
    rules.push(
      `${addr} do rule begin do_munmap(addr, ${from}); end; end;`,
      `${addr}; c: protection do rule begin do_mmap(addr, ${from}, c); end; end;`,
    );
    for (let to = 1; to <= pages; to++) {
      rules.push(
        `${addr} do rule begin in_place(addr, ${from}, ${to}); end; end;`,
        `${addr}; keep: boolean; naddr: 0 .. ${pages - to} do`,
        `  rule begin move(addr, ${from}, ${to}, keep, naddr); end; end;`,
      );
    }
  }
  return rules.join('\n');
}

/** One thread, and none of the searches for errors that the model cannot have. */
const RUMUR_FLAGS =
  '--threads 1 --symmetry-reduction off --deadlock-detection off --pack-state off'.split(' ');

async function buildRumur(
  { pages, limit, mmapCap }: CoreSize,
  folder: string,
  optimized: Optimized,
): Promise<() => Promise<Exploration>> {
  mkdirSync(folder, { recursive: true });
  const constants = `const PAGES: ${pages}; LIMIT: ${limit}; MMAP_CAP: ${mmapCap};\n`;
  const model = readFileSync(join(MODELS, 'core.m'), 'utf8');
  writeFileSync(join(folder, 'core.m'), `${constants}${model}\n${rumurRules(pages)}\n`);
  await runProgram('rumur', [...RUMUR_FLAGS, '--output', 'core.c', 'core.m'], folder);
  const flags = '-std=c11 -DNDEBUG -w -mcx16 -o core core.c -lpthread'.split(' ');
  await runProgram('gcc', [optimized, ...flags], folder);
  return async () => {
    // It says whole seconds only; its start takes some milliseconds.
    const { stdout, seconds } = await runProgram(join(folder, 'core'), [], folder);
    const numbers = /(\d+) states, (\d+) rules fired in \S+\.\s*$/.exec(stdout);
    if (numbers === null) throw new Error(`no counts in: ${stdout}`);
    return { states: Number(numbers[1]), transitions: Number(numbers[2]), seconds };
  };
}

const rumur: Peer = {
  name: 'Rumur',
  debianPackages: ['rumur', 'gcc'],
  isInstalled: async () => (await isThere('rumur', ['--version'])) && (await hasCompiler()),
  build: buildRumur,
};

export const peers: readonly Peer[] = [
  spin('SPIN depth-first', []),
  spin('SPIN breadth-first', ['-DBFS']),
  rumur,
];
