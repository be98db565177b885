import { readFileSync } from 'node:fs';
import { partingOf } from '../../src/conformance/compare.js';
import type { ScenarioOutcome, StepOutcome } from '../../src/conformance/outcome.js';
import { replay } from '../../src/conformance/replay.js';
import { parseScenario, type Scenario } from '../../src/conformance/scenario.js';
import type { Machine } from '../../src/model/plan.js';

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

/** What the model does otherwise than a kernel did, a line for each record. */
export const differences = (on: Machine, records: readonly KernelRecord[]): string[] =>
  records.flatMap((record) => firstDifference(record, replay(on, record.scenario)) ?? []);

/** The first thing in which the model differs from the kernel: scenario, number of the call, field, both values. */
export function firstDifference(
  { scenario, observed }: KernelRecord,
  model: Observed,
): string | undefined {
  const parting = partingOf(model, observed, []);
  const [field] = parting?.fields ?? [];
  if (parting === undefined || field === undefined) return undefined;
  const { call } = parting;
  const shown = ({ initial, steps }: Observed): string => {
    const step: Partial<StepOutcome> | undefined = call === 'set-up' ? initial : steps[call];
    return JSON.stringify(step?.[field]) ?? 'nothing';
  };
  const where =
    call === 'set-up' ? 'after the set-up' : `call ${call + 1} (${scenario.calls[call]?.call})`;
  return `${scenario.id}, ${where}, ${field}: the model has ${shown(model)}, the kernel ${shown(observed)}`;
}
