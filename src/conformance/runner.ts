import { runAlone } from './alone.js';
import { KernelDied, KernelFailed } from './failed.js';
import type { Kernel, Ran } from './kernel.js';
import { runOn } from './run-on.js';
import type { Scenario } from './scenario.js';

/** A scenario in which a kernel came to an end. */
export interface Fatal {
  readonly scenario: Scenario;
  /** How it ended, with the last that it said. */
  readonly lastWords: string;
}

/** The same, with what is known of it. */
export interface NotSurvived extends Fatal {
  /** What became of the kernel when, started anew, it ran this scenario and no other. */
  readonly alone: 'died' | 'survived' | 'not run';
  /** Asked with it, and any of them may have led to the end as well: it survives each alone. */
  readonly others?: readonly Scenario[];
  /** A smaller one that it dies of alone, if there was time to look, and one was found. */
  readonly smallest?: Fatal;
}

/** Such scenarios in a run; each may cost two starts of the kernel, and two waits where it hangs. */
const MOST = 3;

/** Puts scenarios to a kernel, and starts it anew where it does not survive one. */
export class Runner {
  private readonly found: NotSurvived[] = [];
  /** The last of the batch before. */
  private last: Scenario | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly signal: AbortSignal,
  ) {}

  get hides(): Kernel['hides'] {
    return this.kernel.hides;
  }

  /** The scenarios that the kernel did not survive so far. */
  get notSurvived(): readonly NotSurvived[] {
    return this.found;
  }

  /**
   * What the kernel made of each scenario, in turn, undefined of those that it did not survive; undefined
   * after an abort. Throws KernelFailed, also where it cannot be started anew or has been too often.
   */
  async run(scenarios: readonly Scenario[]): Promise<readonly (Ran | undefined)[] | undefined> {
    let left = scenarios;
    for (;;) {
      try {
        const answers = (await runOn(this.kernel, left, this.signal))?.values();
        if (answers === undefined) return undefined;
        this.last = left.at(-1) ?? this.last;
        return scenarios.map((one) => (left.includes(one) ? answers.next().value : undefined));
      } catch (error) {
        if (!(error instanceof KernelDied)) throw error;
        const fatal = await this.survive(error, this.suspects(error, left));
        // Those before it are run again, for all answers to be of one kernel that lives.
        left = left.filter((one) => !fatal.includes(one));
      }
    }
  }

  /** What may have led to an end: the first without an answer, and the one before it; or all of the batch. */
  private suspects({ scenarios }: KernelDied, batch: readonly Scenario[]): readonly Scenario[] {
    const [first, ...others] = scenarios as [Scenario];
    const before = batch[batch.indexOf(first) - 1] ?? this.last;
    return others.length > 0 || before === undefined ? scenarios : [first, before];
  }

  /**
   * Starts the kernel anew after its end, and finds out what led to it: the first suspect that it does not
   * survive alone.
   *
   * @returns what it is not to be asked again; where it survives all alone, those that it was asked last
   */
  private async survive(
    error: KernelDied,
    suspects: readonly Scenario[],
  ): Promise<readonly Scenario[]> {
    const { kernel, found, signal } = this;
    if (kernel.restart === undefined) throw error;
    if (found.length === MOST) {
      const ids = found.map(({ scenario: { id } }) => id).join(', ');
      throw new KernelFailed(`${error.message}\nbefore that it did not survive ${ids}`);
    }
    const { scenarios, message: lastWords } = error;
    const scenario = scenarios[0] as Scenario;
    const at = found.push({ scenario, lastWords, alone: 'not run' }) - 1;
    await kernel.restart(signal);
    for (const suspect of suspects) {
      const known = await this.alone(suspect, lastWords);
      if (suspect === scenario || known.alone === 'died') found[at] = known;
      if (known.alone === 'survived') continue;
      if (known.alone === 'died') await kernel.restart(signal);
      return [suspect];
    }
    const others = scenarios.slice(1);
    if (others.length > 0) found[at] = { ...(found[at] as NotSurvived), others };
    return scenarios;
  }

  /** @param lastWords said if it survives */
  private async alone(scenario: Scenario, lastWords: string): Promise<NotSurvived> {
    const end = await runAlone(this.kernel, scenario, this.signal);
    return end instanceof KernelDied
      ? { scenario, lastWords: end.message, alone: 'died' }
      : { scenario, lastWords, alone: end };
  }
}
