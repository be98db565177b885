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
  /** Whether the witness was made smaller as far as that goes; else it is the smallest that came. */
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

export const agrees = ({ classes, notByModel, notSurvived }: Conformance): boolean =>
  classes.length === 0 && notByModel.length === 0 && notSurvived.length === 0;

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
const MOST_SHRUNK = 20;

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

/**
 * The classes with a small witness each. Those that differ in few fields come first: what a small witness
 * shows, others show among more, and are counted with it.
 */
async function classesOf(
  known: readonly Known[],
  shrink: (found: Disagreement) => Promise<Disagreement | undefined>,
): Promise<DisagreementClass[]> {
  const classes: DisagreementClass[] = [];
  const fields = ({ smallest }: Known): number => smallest.parting.fields.length;
  const inOrder = [...known].sort((a, b) => fields(a) - fields(b) || b.count - a.count);
  for (const { count, smallest } of inOrder) {
    const explaining = classes.findIndex(({ witness }) => showsTheSame(witness, smallest));
    const explained = classes[explaining];
    if (explained !== undefined) {
      classes[explaining] = { ...explained, count: explained.count + count };
    } else {
      const small = classes.length < MOST_SHRUNK ? await shrink(smallest) : undefined;
      classes.push({ count, witness: small ?? smallest, isShrunk: small !== undefined });
    }
  }
  return classes.sort((a, b) => b.count - a.count);
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
  const classes = await classesOf([...ledger.known.values()], (found) => {
    show(true);
    return unlessFailed(() => shrunk(runner, on, found));
  });
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
