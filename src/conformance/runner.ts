import { KernelDied, KernelFailed } from './failed.js';
import type { Kernel, Ran } from './kernel.js';
import { runOn } from './run-on.js';
import type { Scenario } from './scenario.js';

/** A scenario in which a kernel came to an end. */
export interface NotSurvived {
  readonly scenario: Scenario;
  /** How it ended, with the last that it said. */
  readonly lastWords: string;
  /** What became of the kernel when, started anew, it ran this scenario and no other. */
  readonly alone: 'died' | 'survived' | 'not run';
}

/** Such scenarios in a run; each may cost two starts of the kernel, and two waits where it hangs. */
const MOST = 3;

/** Puts scenarios to a kernel, and starts it anew where it does not survive one. */
export class Runner {
  private readonly found: NotSurvived[] = [];

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
        return scenarios.map((one) => (left.includes(one) ? answers.next().value : undefined));
      } catch (error) {
        const { scenario } = await this.survive(error);
        // Those before it are run again, for all answers to be of one kernel that lives.
        left = left.filter((one) => one !== scenario);
      }
    }
  }

  /** Starts the kernel anew after its end, and finds out whether the scenario alone leads to it. */
  private async survive(error: unknown): Promise<NotSurvived> {
    const { kernel, found } = this;
    if (!(error instanceof KernelDied) || kernel.restart === undefined) throw error;
    if (found.length === MOST) {
      const before = found.map(({ scenario: { id } }) => id).join(', ');
      throw new KernelFailed(`${error.message}\nbefore that it did not survive ${before}`);
    }
    const { scenario, message: lastWords } = error;
    const at = found.push({ scenario, lastWords, alone: 'not run' }) - 1;
    await kernel.restart();
    const known = { scenario, lastWords, alone: await this.alone(scenario) };
    found[at] = known;
    if (known.alone === 'died') await kernel.restart();
    return known;
  }

  private async alone(scenario: Scenario): Promise<NotSurvived['alone']> {
    try {
      const ran = await runOn(this.kernel, [scenario], this.signal);
      return ran === undefined ? 'not run' : 'survived';
    } catch (error) {
      if (error instanceof KernelDied) return 'died';
      throw error;
    }
  }
}
