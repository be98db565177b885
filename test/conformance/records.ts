import { readFileSync } from 'node:fs';
import type { ScenarioOutcome, StepOutcome, WindowView } from '../../src/conformance/outcome.js';
import { parseScenario, type Scenario } from '../../src/conformance/scenario.js';

/** What one kernel did with a scenario. */
export type Observed = Pick<ScenarioOutcome, 'initial' | 'steps'>;

interface Line {
  readonly scenario: unknown;
  readonly observed: readonly (Observed & { readonly kernels: readonly string[] })[];
}

/** A scenario and what a kernel did with it. */
export interface KernelRecord {
  readonly scenario: Scenario;
  readonly observed: Observed;
}

/** The scenarios of a file of test/records, each with what this kernel did: undefined where it could not set it up. */
function linesOf(
  file: string,
  kernel: string,
): { readonly scenario: Scenario; readonly observed: Observed | undefined }[] {
  const url = new URL(`../records/${file}`, import.meta.url);
  const lines = readFileSync(url, 'utf8').trimEnd().split('\n');
  return lines.map((text, i) => {
    const { scenario, observed } = JSON.parse(text) as Line;
    return {
      scenario: parseScenario(JSON.stringify(scenario), `${file}:${i + 1}`),
      observed: observed.find(({ kernels }) => kernels.includes(kernel)),
    };
  });
}

/** Every record of a kernel in a file of test/records. */
export const recordsOf = (file: string, kernel: string): KernelRecord[] =>
  linesOf(file, kernel).flatMap(({ scenario, observed }) =>
    observed === undefined ? [] : [{ scenario, observed }],
  );

/** Every scenario of a file of test/records, with or without an outcome of some kernel. */
export const scenariosOf = (file: string): Scenario[] =>
  linesOf(file, '').map(({ scenario }) => scenario);

/** JSON with the keys of every object in order, so that equal values are equal texts. */
const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  ) ?? 'nothing';

const WINDOW_FIELDS = ['layout', 'data'] as const satisfies readonly (keyof WindowView)[];
const STEP_FIELDS = [
  'result',
  'mapCountDelta',
  'totalVmDelta',
  'lockedVm',
  'committedDelta',
  'layout',
  'data',
] as const satisfies readonly (keyof StepOutcome)[];

function differing<T, K extends keyof T>(
  where: string,
  fields: readonly K[],
  model: T | undefined,
  kernel: T | undefined,
): string | undefined {
  for (const field of fields) {
    const [mine, theirs] = [text(model?.[field]), text(kernel?.[field])];
    if (mine !== theirs) {
      return `${where}, ${String(field)}: the model has ${mine}, the kernel ${theirs}`;
    }
  }
  return undefined;
}

/** The first thing in which the model differs from the kernel: scenario, number of the call, field, both values. */
export function firstDifference(
  { scenario, observed }: KernelRecord,
  model: Observed,
): string | undefined {
  const setup = differing(
    `${scenario.id}, after the set-up`,
    WINDOW_FIELDS,
    model.initial,
    observed.initial,
  );
  if (setup !== undefined) return setup;
  for (const [i, call] of scenario.calls.entries()) {
    const where = `${scenario.id}, call ${i + 1} (${call.call})`;
    const difference = differing(where, STEP_FIELDS, model.steps[i], observed.steps[i]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
