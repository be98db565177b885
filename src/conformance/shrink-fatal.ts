import type { Machine } from '../model/plan.js';
import { runAlone } from './alone.js';
import { KernelFailed } from './failed.js';
import { type Kernel, wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { Fatal, NotSurvived } from './runner.js';
import type { Scenario } from './scenario.js';
import { smallerScenarios } from './smaller.js';

/** Ends of the kernel while one scenario is made smaller; each costs a start of it. */
const MOST = 16;

/**
 * What it died of: the first that it said, or else how it ended, without the addresses, counts, process ids
 * and names of scenarios that are others each time.
 */
function complaintOf({ scenario, lastWords }: Fatal): string {
  const [ended = '', said = ended.replaceAll(scenario.id, '')] = lastWords.split('\n');
  return said.replace(/\b(?:0x)?[\da-f]*\d[\da-f]*\b/gi, '#');
}

/** Scenarios that are smaller than this one: it may be any call of it that is fatal, and not the last. */
function smallerThan(on: Machine, scenario: Scenario): Scenario[] {
  const model = modelled(on, scenario);
  if (model === undefined || !wasSetUp(model)) return [];
  const begun = scenario.calls.map((_, i) => ({ ...scenario, calls: scenario.calls.slice(0, i) }));
  return [...begun, ...smallerScenarios(scenario, model)];
}

/**
 * The smallest scenario found that the kernel dies of alone, with the same complaint, in steps of which each
 * makes it smaller. Each is run alone, since what ran before in the same kernel may be part of the cause. Ends
 * early with the smallest so far on an abort, or where the kernel has been started too often. Undefined where
 * none is smaller.
 *
 * @param on what the scenarios are to mean something to
 * @param fatal what the kernel dies of alone
 */
async function smallestOf(
  kernel: Kernel,
  on: Machine,
  fatal: Fatal,
  signal: AbortSignal,
): Promise<Fatal | undefined> {
  let smallest = fatal;
  let candidates = smallerThan(on, fatal.scenario).values();
  for (let deaths = 0; deaths < MOST; ) {
    const { value: scenario } = candidates.next();
    if (scenario === undefined) break;
    const end = await runAlone(kernel, scenario, signal);
    if (end === 'not run') break;
    if (end === 'survived') continue;
    deaths++;
    await kernel.restart?.(signal);
    const smaller = { scenario, lastWords: end.message };
    if (complaintOf(smaller) !== complaintOf(smallest)) continue;
    smallest = smaller;
    candidates = smallerThan(on, scenario).values();
  }
  return smallest === fatal ? undefined : smallest;
}

/**
 * What a kernel did not survive, each that it dies of alone with a smaller scenario if there is one. Ends with
 * the rest as it is where the kernel cannot be started anew, which `failure` tells, or on an abort.
 *
 * @param isDead the kernel is to be started anew first
 */
export async function shrunkFatal(
  kernel: Kernel,
  on: Machine,
  all: readonly NotSurvived[],
  isDead: boolean,
  signal: AbortSignal,
): Promise<{ readonly notSurvived: readonly NotSurvived[]; readonly failure: string | undefined }> {
  const notSurvived = [...all];
  const fatal = [...all.entries()].filter(([, { alone }]) => alone === 'died');
  if (fatal.length === 0 || signal.aborted) return { notSurvived, failure: undefined };
  try {
    if (isDead) await kernel.restart?.(signal);
    for (const [i, one] of fatal) {
      const smallest = await smallestOf(kernel, on, one, signal);
      if (smallest !== undefined) notSurvived[i] = { ...one, smallest };
    }
  } catch (error) {
    if (!(error instanceof KernelFailed)) throw error;
    return { notSurvived, failure: error.message };
  }
  return { notSurvived, failure: undefined };
}
