import type { EnumerateBounds } from '../checker/bounds.js';
import { BadInput } from '../input/bad-input.js';
import { type Machine, machine } from '../model/plan.js';
import { rootOf } from '../model/release.js';
import { UnknownRelease } from '../model/releases/variant.js';
import { env } from '../model/state.js';
import type { Vma } from '../model/vma.js';
import { releaseOfReference } from '../patches/reference.js';
import { isOfModel } from '../report/release-name.js';
import { callOf } from '../trace/call.js';
import type { BreachTrace, CallTrace, DifferenceTrace, RaceTrace } from '../trace/trace.js';
import { vmaOf } from '../trace/vma.js';
import type { CaseData } from './case.js';
import type { RaceData, ReportData, ShownData } from './data.js';
import { type Run, runOf } from './run.js';

type WrittenSetup = Pick<DifferenceTrace, 'pages' | 'setup' | 'setupExhausted' | 'before'>;

const setupOf = ({ pages, setup, setupExhausted, before }: WrittenSetup) => ({
  pages,
  setup: setup?.map(callOf) ?? null,
  exhausted: setupExhausted,
  before: before.map(vmaOf),
});

/** Things by their number, each once. */
class Numbered<T> {
  readonly all: T[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(one: T): number {
    const key = JSON.stringify(one);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    return this.all.push(one) - 1;
  }
}

const sameWords = (a: readonly Vma[], b: readonly Vma[]): boolean =>
  a.length === b.length && a.every((vma, i) => vma === b[i]);

/** Cases and races as they are met, and the releases on which they are run again. */
export class Gathering {
  private readonly cases = new Numbered<CaseData>();
  private readonly races = new Numbered<RaceData>();
  private readonly recorded = new Map<string, { readonly at: number; readonly run: Run }>();
  private readonly machines = new Map<string, Machine>();

  /**
   * @param where names the file in messages
   * @param modules whether patches may be code, which is run
   */
  constructor(
    private readonly where: string,
    private readonly modules: boolean,
  ) {}

  /** What has been met, as the page is given it. */
  get all(): Pick<ReportData, 'cases' | 'races' | 'recorded' | 'patched'> {
    const patched = [...this.machines.values()].filter(({ release: { id } }) => !isOfModel(id));
    return {
      cases: this.cases.all,
      races: this.races.all,
      recorded: [...this.recorded.values()],
      patched: patched.map(({ release: { id, changes } }) => ({ id, says: changes })),
    };
  }

  on(release: string): Machine {
    const known = this.machines.get(release);
    if (known !== undefined) return known;
    try {
      const made = machine(releaseOfReference(release, { modules: this.modules }));
      this.machines.set(release, made);
      return made;
    } catch (error) {
      if (error instanceof UnknownRelease) throw new BadInput(`${this.where}: ${error.message}`);
      throw error;
    }
  }

  /**
   * The number of a case. The page shows what it runs: a case of which the model now says something else
   * must not get there.
   */
  private proved(
    one: CaseData,
    release: string,
    { result, after }: Pick<CallTrace, 'result' | 'after'>,
  ): number {
    const run = runOf(one, this.on(release));
    const end = run.frames.at(-1);
    if (end?.result !== result || !sameWords(end.vmas, after.map(vmaOf))) {
      throw new BadInput(
        `${this.where}: found a call on ${release} that returns ${result}, expected ` +
          `${end?.result} and its VMAs; it was written by another version of the model`,
      );
    }
    const at = this.cases.numberOf(one);
    // The page has the model in it, and no patches.
    if (!isOfModel(release)) this.recorded.set(`${at} ${release}`, { at, run });
    return at;
  }

  /** What a violation is shown by. */
  shown(release: string, written: BreachTrace): ShownData {
    const { explanation } = written;
    if (written.kind === 'race') {
      return { kind: 'race', at: this.races.numberOf(this.raceOf(release, written)), explanation };
    }
    const { limits, limitedFromStart, call, failures } = written;
    const one: CaseData = {
      ...setupOf(written),
      limits,
      limitedFromStart,
      call: callOf(call),
      failing: failures.map(({ at }) => at),
    };
    return { kind: 'call', at: this.proved(one, release, written), explanation };
  }

  /** The number of the smallest call of a class of differences. */
  smallest(bounds: EnumerateBounds, written: DifferenceTrace): number {
    const one: CaseData = {
      ...setupOf(written),
      limits: env(written.maxMapCount, written.pages, bounds.resources),
      limitedFromStart: false,
      call: callOf(written.call),
      failing: [],
    };
    for (const outcome of written.outcomes) this.proved(one, outcome.release, outcome);
    return this.cases.numberOf(one);
  }

  private raceOf(ref: string, written: RaceTrace): RaceData {
    const { release } = this.on(ref);
    let [mapCount, limit] = [written.before.length, written.maxMapCount];
    return {
      ...setupOf(written),
      release: ref,
      root: rootOf(release).id,
      limit,
      threads: written.threads.map((thread) => {
        if (thread.does === 'call') return { ...thread, call: callOf(thread.call) };
        return thread.does === 'lower' ? { does: 'lower', limit: thread.maxMapCount } : thread;
      }),
      moments: written.interleaving.map((one) => {
        const thread = written.threads[one.thread];
        const steps = thread?.does === 'call' ? release.calls[thread.call.call] : [];
        const step = steps.find(({ name }) => name === one.step);
        const vmas = one.after?.map(vmaOf) ?? null;
        const changed =
          vmas !== null || one.mapCountAfter !== mapCount || one.maxMapCount !== limit;
        [mapCount, limit] = [one.mapCountAfter, one.maxMapCount];
        const seen = step === undefined || step.takesLock === true || step.count !== undefined;
        return {
          thread: one.thread,
          step: one.step,
          kernel: step?.kernel ?? '',
          notable: changed || seen || one.result !== null,
          mapCount,
          limit,
          vmas,
          result: one.result,
        };
      }),
    };
  }
}
