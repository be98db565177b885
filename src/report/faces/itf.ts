import { callText } from '../../model/call-text.js';
import { NO_RESOURCE_LIMITS } from '../../model/state.js';
import { callOf } from '../../trace/call.js';
import type { Trace } from '../../trace/trace.js';
import type { WrittenVma } from '../../trace/vma.js';
import { VERSION } from '../version.js';
import { repeatText } from './subject.js';

/** As Apalache ADR 015 has it: values, with whole numbers of any size as strings. */
type Value =
  | boolean
  | string
  | { readonly '#bigint': string }
  | { readonly '#tup': readonly Value[] }
  | readonly Value[]
  | { readonly [field: string]: Value };

const int = (n: number): Value => ({ '#bigint': `${n}` });

const vmaValue = (vma: WrittenVma): Value => ({
  start: int(vma.start),
  pages: int(vma.pages),
  kind: vma.kind,
  prot: vma.prot,
  offset: int(vma.offset),
  identity: int(vma.identity),
  accounted: vma.accounted,
  locked: vma.locked,
  sealed: vma.sealed,
  armed: vma.armed,
});

/** What a state says; strings are empty where there is nothing to say. */
interface State {
  /** Who has just done something: a thread, or a release of two. */
  readonly who: string;
  readonly step: string;
  readonly kernel: string;
  readonly vmas: readonly WrittenVma[];
  readonly mapCount: number;
  readonly maxMapCount: number;
  readonly locked: boolean;
  readonly result: string;
  readonly failed: string;
}

const VARS = [
  'who',
  'step',
  'kernel',
  'vmas',
  'map_count',
  'max_map_count',
  'locked',
  'result',
  'failed',
];

const stateJson = (state: State, index: number): object => ({
  '#meta': { index },
  who: state.who,
  step: state.step,
  kernel: state.kernel,
  vmas: state.vmas.map(vmaValue),
  map_count: int(state.mapCount),
  max_map_count: int(state.maxMapCount),
  locked: state.locked,
  result: state.result,
  failed: state.failed,
});

const first = ({ before, maxMapCount }: Trace, who: string): State => ({
  who,
  step: '',
  kernel: '',
  vmas: before,
  mapCount: before.length,
  maxMapCount,
  locked: false,
  result: '',
  failed: '',
});

interface Ran {
  readonly step: string | null;
  readonly kernel: string | null;
  readonly after: readonly WrittenVma[] | null;
  readonly mapCountAfter: number;
  readonly locked: boolean;
  readonly result: string | null;
  readonly failed?: string | null;
  readonly maxMapCount?: number;
}

const next = (before: State, who: string, ran: Ran): State => ({
  who,
  step: ran.step ?? 'no step of a call',
  kernel: ran.kernel ?? '',
  vmas: ran.after ?? before.vmas,
  mapCount: ran.mapCountAfter,
  maxMapCount: ran.maxMapCount ?? before.maxMapCount,
  locked: ran.locked,
  result: ran.result ?? '',
  failed: ran.failed ?? '',
});

/** A state before each run and one behind each step. */
function statesOf(trace: Trace): State[] {
  const runs: readonly (readonly (Ran & { readonly who: string })[])[] =
    trace.kind === 'race'
      ? [trace.interleaving.map((one) => ({ ...one, who: `thread ${one.thread}` }))]
      : trace.kind === 'call'
        ? [trace.steps.map((one) => ({ ...one, who: trace.release }))]
        : trace.outcomes.map(({ release, steps }) =>
            steps.map((one) => ({ ...one, who: release })),
          );
  return runs.flatMap((steps) => {
    let state = first(trace, steps[0]?.who ?? '');
    return [state, ...steps.map((one) => (state = next(state, one.who, one)))];
  });
}

/** What is no state: calls, and limits that hold throughout. */
function params(trace: Trace): { readonly [name: string]: unknown } {
  if (trace.kind === 'race') {
    return {
      threads: trace.threads.map((thread) =>
        thread.does === 'call' ? callText(callOf(thread.call)) : thread.does,
      ),
    };
  }
  const limits = trace.kind === 'call' ? trace.limits : undefined;
  return {
    call: callText(callOf(trace.call)),
    limits: Object.fromEntries(
      Object.entries(NO_RESOURCE_LIMITS).flatMap(([name, unlimited]) => {
        const pages = limits?.[name as keyof typeof NO_RESOURCE_LIMITS];
        return pages === undefined || pages === unlimited ? [] : [[name, pages]];
      }),
    ),
  };
}

/** A trace in the Informal Trace Format: a state before the first step and one behind each. */
export const itfText = (trace: Trace): string =>
  JSON.stringify(
    {
      '#meta': {
        format: 'ITF',
        'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
        source: `mremap-check ${VERSION}`,
        description: repeatText(trace),
        setup: trace.setup?.map((call) => callText(callOf(call))) ?? null,
        ...params(trace),
      },
      params: [],
      vars: VARS,
      states: statesOf(trace).map(stateJson),
    },
    null,
    2,
  );
