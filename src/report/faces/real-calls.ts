import { isDeepStrictEqual } from 'node:util';
import { canonical } from '../../checker/spaces.js';
import { buildingCalls, otherObstacle } from '../../conformance/claim-scenario.js';
import { BadInput } from '../../input/bad-input.js';
import type { Vmas } from '../../model/address-space.js';
import { frameTokens } from '../../model/frame-tokens.js';
import type { Outcome } from '../../model/outcome.js';
import { type Machine, machine } from '../../model/plan.js';
import type { Release } from '../../model/release.js';
import { UnknownRelease } from '../../model/releases/variant.js';
import { run } from '../../model/run.js';
import { type Env, env, unlimited } from '../../model/state.js';
import { MAX_PAGES, ModelLimitError } from '../../model/vma.js';
import { callOf, type TracedCall } from '../../trace/call.js';
import type { CallTrace, Trace } from '../../trace/trace.js';
import { vmaOf } from '../../trace/vma.js';
import { resultText } from '../words.js';

/** What a process has to do to repeat a counterexample on a kernel, or why it cannot. */
export type RealCalls =
  | {
      /** Made with no limit in the way. */
      readonly setup: readonly TracedCall[];
      /** Made under the limit; the last is the one that the trace is about. */
      readonly calls: readonly [TracedCall, ...TracedCall[]];
      /** max_map_count less map_count when the first of them is made. */
      readonly headroom: number;
      /** What the last returns with map slots to spare: a page, or `-` and the name of an errno. */
      readonly withRoom: string;
    }
  | { readonly impossible: string };

/** The release that a trace names, a patch among them; throws UnknownRelease, and BadInput where it cannot be had. */
export type ReleaseOf = (reference: string) => Release;

const UNLIMITED = unlimited(MAX_PAGES);

/** What a process cannot bring about. */
function unreachable(trace: CallTrace): string | undefined {
  const obstacle = otherObstacle(trace);
  if (obstacle !== undefined) return obstacle;
  const calls = [...(trace.setup ?? []), trace.call];
  const maps = (kind: string): boolean =>
    calls.some((call) => call.call === 'mmap' && call.kind === kind) ||
    trace.before.some((vma) => vma.kind === kind);
  if (maps('special')) return "a driver's mapping is in it";
  if (maps('ramfs')) return 'a file with its own get_unmapped_area (ramfs) is in it';
  if (trace.before.some((vma) => vma.armed) || calls.some(({ call }) => call === 'uffd')) {
    return 'userfaultfd is in it';
  }
  return undefined;
}

/** A call in a larger address space than the window. */
const called = (on: Machine, limits: Env, vmas: Vmas, call: TracedCall): Outcome =>
  run(on, limits, vmas, frameTokens(vmas, MAX_PAGES), callOf(call));

/** The address space that calls leave on a release. */
const built = (on: Machine, calls: readonly TracedCall[], limits = UNLIMITED): Vmas =>
  calls.reduce<Vmas>((vmas, call) => canonical(called(on, limits, vmas, call).vmas), []);

/** Whether the call does in the larger address space what it does in the window, which ends sooner. */
function isRepeated(on: Machine, trace: CallTrace, before: Vmas, call: TracedCall): boolean {
  const outcome = called(on, env(trace.maxMapCount, MAX_PAGES), before, call);
  const result = trace.result.startsWith('-') ? undefined : Number(trace.result);
  const isSame = result === undefined ? outcome.result < 0 : outcome.result === result;
  return isSame && isDeepStrictEqual(canonical(outcome.vmas), canonical(trace.after.map(vmaOf)));
}

/** With a hint where the move is to go, which a kernel follows for DONTUNMAP. */
const hinted = (call: TracedCall, result: string): TracedCall =>
  call.call === 'mremap' && !result.startsWith('-') ? { ...call, newAddr: Number(result) } : call;

function ofCall(trace: CallTrace, releaseOf: ReleaseOf): RealCalls {
  const reason = unreachable(trace);
  if (reason !== undefined) return { impossible: reason };
  const on = machine(releaseOf(trace.release));
  const given = buildingCalls(trace);
  const limits = trace.limitedFromStart ? env(trace.maxMapCount, MAX_PAGES) : UNLIMITED;
  const before = built(on, given, limits);
  if (!isDeepStrictEqual(before, canonical(trace.before.map(vmaOf)))) {
    return { impossible: 'no calls are known that build its address space' };
  }
  const call = [trace.call, hinted(trace.call, trace.result)].find((one) =>
    isRepeated(on, trace, before, one),
  );
  if (call === undefined) {
    return {
      impossible: 'it rests on the end of the address space, which is elsewhere on a kernel',
    };
  }
  const withRoom = resultText(called(on, UNLIMITED, before, call).result);
  const [first, ...rest] = trace.limitedFromStart ? [...given, call] : [call];
  return trace.limitedFromStart
    ? { setup: [], calls: [first as TracedCall, ...rest], headroom: trace.maxMapCount, withRoom }
    : {
        setup: given,
        calls: [call],
        headroom: trace.maxMapCount - trace.before.length,
        withRoom,
      };
}

/** The calls that repeat a trace on a kernel, as its release makes them; or why there are none. */
export function realCalls(trace: Trace, releaseOf: ReleaseOf): RealCalls {
  if (trace.kind === 'race')
    return { impossible: 'it is a race of threads, which no calls in a row bring about' };
  if (trace.kind === 'difference')
    return { impossible: 'it compares two releases, and a kernel is one' };
  try {
    return ofCall(trace, releaseOf);
  } catch (error) {
    const said = [ModelLimitError, UnknownRelease, BadInput].some((kind) => error instanceof kind);
    if (!said) throw error;
    return { impossible: (error as Error).message };
  }
}
