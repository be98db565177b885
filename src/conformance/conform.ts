import type { Machine } from '../model/plan.js';
import { noTallies, type Tallies } from './compare.js';
import { classKey, type Disagreement, disagreementOf, showsTheSame } from './disagreement.js';
import { KernelFailed } from './failed.js';
import { type Kernel, type Ran, wasSetUp } from './kernel.js';
import { modelled } from './model-kernel.js';
import type { ScenarioOutcome } from './outcome.js';
import { type NotSurvived, Runner } from './runner.js';
import type { Scenario } from './scenario.js';
import { shrunk } from './shrink.js';
import { shrunkFatal } from './shrink-fatal.js';
import { bySize } from './smaller.js';

/** Disagreements alike in what was called, in the results on both sides, and in at least the fields that the witness differs in. */
export interface DisagreementClass {
  /** Scenarios that were found to be of it, before any was shrunk. */
  readonly count: number;
  readonly witness: Disagreement;
  /** Whether the witness was made smaller as far as that goes; else it is the smallest that came, or that was come to. */
  readonly isShrunk: boolean;
}

/** What came of running scenarios on a kernel and on a release. */
export interface Conformance {
  /** Scenarios that both made something of. */
  readonly compared: number;
  readonly tallies: Tallies;
  /** Of the scenarios that are not compared: neither could set them up, */
  readonly notSetUp: number;
  /** the kernel could not, by its reasons, */
  readonly notByKernel: ReadonlyMap<string, number>;
  /** the model could not: ids of the scenarios; a defect of the model, */
  readonly notByModel: readonly string[];
  /** the kernel did not survive them, also such as came up while a disagreement was shrunk, */
  readonly notSurvived: readonly NotSurvived[];
  /** they leave what the model can hold, and were not run. */
  readonly beyondModel: number;
  /** The most frequent first. */
  readonly classes: readonly DisagreementClass[];
  /** False after an interruption, or where the kernel broke down. */
  readonly complete: boolean;
  /** How the kernel broke down, if it did. */
  readonly failure: string | undefined;
}

/** Whether nothing was found that disagrees. */
export const agrees = ({ classes, notByModel, notSurvived }: Conformance): boolean =>
  classes.length === 0 && notByModel.length === 0 && notSurvived.length === 0;

/** What it says of the kernel; unknown where nothing disagrees, and not all was compared, or nothing. */
export function verdictOf(found: Conformance): 'agrees' | 'disagrees' | 'unknown' {
  if (!agrees(found)) return 'disagrees';
  return found.complete && found.compared > 0 ? 'agrees' : 'unknown';
}

/** How far a comparison is. */
export interface ConformProgress {
  readonly done: number;
  readonly disagreeing: number;
  readonly shrinking: boolean;
}

export interface ConformOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ConformProgress) => void;
}

/** Scenarios that a kernel is given at a time. */
const BATCH = 64;
/** Classes that are shrunk; a kernel that has more is another one than was thought. */
export const MOST_SHRUNK = 20;

function* batches<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface Known {
  count: number;
  smallest: Disagreement;
}

/** What has come in so far. */
class Ledger {
  compared = 0;
  notSetUp = 0;
  beyondModel = 0;
  done = 0;
  disagreeing = 0;
  readonly tallies = noTallies();
  readonly notByKernel = new Map<string, number>();
  readonly notByModel: string[] = [];
  readonly known = new Map<string, Known>();

  constructor(private readonly hides: Kernel['hides']) {}

  add(scenario: Scenario, model: Ran, kernel: Ran): void {
    if (!wasSetUp(kernel)) {
      if (wasSetUp(model)) {
        const { cannotSetUp: reason } = kernel;
        this.notByKernel.set(reason, (this.notByKernel.get(reason) ?? 0) + 1);
      } else this.notSetUp++;
    } else if (wasSetUp(model)) this.compare(scenario, model, kernel);
    else this.notByModel.push(scenario.id);
  }

  private compare(scenario: Scenario, model: ScenarioOutcome, kernel: ScenarioOutcome): void {
    this.compared++;
    const found = disagreementOf(scenario, model, kernel, this.hides, this.tallies);
    if (found === undefined) return;
    this.disagreeing++;
    const key = classKey(found);
    const known = this.known.get(key);
    if (known === undefined) this.known.set(key, { count: 1, smallest: found });
    else {
      known.count++;
      if (bySize(scenario, known.smallest.scenario) < 0) known.smallest = found;
    }
  }
}

const fieldsOf = ({ witness }: DisagreementClass): number => witness.parting.fields.length;

const byCount = (a: DisagreementClass, b: DisagreementClass): number =>
  b.count - a.count || Number(b.isShrunk) - Number(a.isShrunk) || fieldsOf(a) - fieldsOf(b);

/** Classes and one more: what a witness shows, others show among more, and are counted with it. */
function joined(
  classes: readonly DisagreementClass[],
  one: DisagreementClass,
): readonly DisagreementClass[] {
  const explaining = classes.find(({ witness }) => showsTheSame(witness, one.witness));
  if (explaining !== undefined) {
    const count = explaining.count + one.count;
    return classes.map((other) => (other === explaining ? { ...other, count } : other));
  }
  const explained = classes.filter(({ witness }) => showsTheSame(one.witness, witness));
  const count = explained.reduce((sum, other) => sum + other.count, one.count);
  return [...classes.filter((other) => !explained.includes(other)), { ...one, count }];
}

/** The classes, the most frequent first, and these with a small witness each, as far as one is to be had. */
async function classesOf(
  known: readonly Known[],
  shrink: (found: Disagreement) => Promise<Disagreement | undefined>,
  signal: AbortSignal,
): Promise<readonly DisagreementClass[]> {
  let classes = known
    .map(({ count, smallest }) => ({ count, witness: smallest, isShrunk: false }))
    .sort((a, b) => fieldsOf(a) - fieldsOf(b) || b.count - a.count)
    .reduce(joined, []);
  for (let shrunken = 0; shrunken < MOST_SHRUNK; shrunken++) {
    const [next] = classes.filter(({ isShrunk }) => !isShrunk).sort(byCount);
    const witness = next === undefined ? undefined : await shrink(next.witness);
    if (next === undefined || witness === undefined) break;
    const others = classes.filter((other) => other !== next);
    // An interruption ends it with the smallest by then.
    classes = joined(others, { ...next, witness, isShrunk: !signal.aborted });
    if (signal.aborted) break;
  }
  return [...classes].sort(byCount);
}

/**
 * Runs scenarios on a kernel and on a release and compares what they make of them, then shrinks a
 * disagreement of each class, and what the kernel does not survive, on the kernel itself. A kernel that
 * does not survive a scenario is started anew. On an abort, or where the kernel breaks down, it ends with
 * what is known by then.
 */
export async function conform(
  kernel: Kernel,
  on: Machine,
  scenarios: Iterable<Scenario>,
  { signal, onProgress }: ConformOptions,
): Promise<Conformance> {
  const ledger = new Ledger(kernel.hides);
  const runner = new Runner(kernel, signal);
  let failure: string | undefined;
  /** Undefined where the kernel has broken down; what is known by then stays. */
  const unlessFailed = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
    if (failure !== undefined) return undefined;
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof KernelFailed)) throw error;
      failure = error.message;
      return undefined;
    }
  };
  const show = (shrinking: boolean): void =>
    onProgress?.({ done: ledger.done, disagreeing: ledger.disagreeing, shrinking });
  for (const batch of batches(scenarios, BATCH)) {
    const within = batch.flatMap((scenario) => {
      const model = modelled(on, scenario);
      return model === undefined ? [] : [{ scenario, model }];
    });
    const asked = within.map(({ scenario }) => scenario);
    const ran = await unlessFailed(() => runner.run(asked));
    if (ran === undefined) break;
    for (const [i, { scenario, model }] of within.entries()) {
      const theirs = ran[i];
      if (theirs !== undefined) ledger.add(scenario, model, theirs);
    }
    ledger.beyondModel += batch.length - within.length;
    ledger.done += batch.length;
    show(false);
  }
  const shrink = (found: Disagreement): Promise<Disagreement | undefined> => {
    show(true);
    return unlessFailed(() => shrunk(runner, on, found));
  };
  const classes = await classesOf([...ledger.known.values()], shrink, signal);
  if (runner.notSurvived.length > 0) show(true);
  const fatal = await shrunkFatal(kernel, on, runner.notSurvived, failure !== undefined, signal);
  failure ??= fatal.failure;
  const { compared, tallies, notSetUp, notByKernel, notByModel, beyondModel } = ledger;
  return {
    compared,
    tallies,
    notSetUp,
    notByKernel,
    notByModel,
    notSurvived: fatal.notSurvived,
    beyondModel,
    classes,
    complete: !signal.aborted && failure === undefined,
    failure,
  };
}
