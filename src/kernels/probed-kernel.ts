import type { Kernel, Ran } from '../conformance/kernel.js';
import type { Scenario } from '../conformance/scenario.js';
import type { WrittenCall } from '../input/call.js';
import type { ProbeProcess } from './probe-process.js';
import { fullVersion } from './version.js';
import { type Greeting, parseAnswer, tooLong } from './wire.js';

const LOCKING: readonly WrittenCall['call'][] = ['mlock', 'munlock'];

const someCall = ({ setup, calls }: Scenario, is: (call: WrittenCall) => boolean): boolean =>
  setup.some(is) || calls.some(is);

/** A kernel on which a probe runs. */
export class ProbedKernel implements Kernel {
  constructor(
    readonly name: string,
    readonly hides: Kernel['hides'],
    private readonly greeting: Greeting,
    private readonly probe: ProbeProcess,
    private readonly afterwards: () => void = () => {},
  ) {}

  get version(): string {
    return fullVersion(this.greeting.version, this.greeting.build);
  }

  async run(scenarios: readonly Scenario[]): Promise<readonly Ran[]> {
    const asked = scenarios.filter((scenario) => this.refused(scenario) === undefined);
    const answers = (await this.probe.ask(asked)).values();
    return scenarios.map((scenario): Ran => {
      const cannotSetUp = this.refused(scenario);
      if (cannotSetUp !== undefined) return { id: scenario.id, cannotSetUp };
      return parseAnswer(answers.next().value as string, scenario, this.version);
    });
  }

  async close(): Promise<void> {
    await this.probe.close();
    this.afterwards();
  }

  /** Why this kernel has no outcome of a scenario, whatever it does. */
  private refused(scenario: Scenario): string | undefined {
    if (!this.greeting.locks && someCall(scenario, ({ call }) => LOCKING.includes(call))) {
      return 'it locks memory, for which this user has too low a limit (ulimit -l), expected 4 MiB or more';
    }
    const onRamfs = (call: WrittenCall) => call.call === 'mmap' && call.kind === 'ramfs';
    if (!this.greeting.hasRamfs && someCall(scenario, onRamfs)) {
      return 'it maps a file on ramfs, which this user may not mount';
    }
    return tooLong(scenario);
  }
}
