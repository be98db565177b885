import { join } from 'node:path';
import type { Probe, Probed } from './probe.js';
import { runProgram } from './processes.js';
import { median } from './statistics.js';

/** How much of everything is measured. */
export interface Scale {
  readonly quick: boolean;
  readonly pages: number;
  readonly repeats: number;
  /** Sizes of the core model, as pages/limit. */
  readonly sizes: readonly string[];
}

/** What goes on, for whoever waits. */
export const note = (text: string): void => {
  process.stderr.write(`bench: ${text}\n`);
};

/** One search in a fresh process, so that nothing is warm. */
export async function probe(what: Probe): Promise<Probed> {
  const script = join(import.meta.dirname, 'probe.js');
  const { stdout } = await runProgram(process.execPath, [script, JSON.stringify(what)]);
  return JSON.parse(stdout) as Probed;
}

/** One after the other. */
export async function repeated<T>(times: number, once: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) results.push(await once());
  return results;
}

/** One that has the median time. */
export function typical<T extends { readonly seconds: number }>(runs: readonly T[]): T {
  const seconds = median(runs.map((run) => run.seconds));
  return { ...(runs[0] as T), seconds };
}
