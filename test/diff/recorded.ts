import { isDeepStrictEqual } from 'node:util';
import { type Behaviour, behaviour, counterAspects } from '../../src/checker/behaviour.js';
import { callShape } from '../../src/checker/shape.js';
import {
  type Aspect,
  failureEffect,
  type Layout,
  layoutAspect,
  NOTHING_CHANGED,
  type Seen,
  successEffect,
} from '../../src/checker/sight.js';
import type { StepOutcome, WindowView } from '../../src/conformance/outcome.js';
import { modelCall, type WrittenCall } from '../../src/input/call.js';
import type { Call } from '../../src/model/calls.js';
import type { ErrnoName } from '../../src/model/errno.js';
import type { Accounts } from '../../src/model/state.js';

/** A window as /proc/PID/maps and its first bytes tell it. */
function layoutOf({ layout, data }: WindowView): Layout {
  const at: string[] = [];
  const borders = new Set<number>();
  const contents: number[] = [];
  for (const { start, pages, kind, prot, shared, offset } of layout) {
    borders.add(start).add(start + pages);
    const file = offset === undefined ? '' : `${offset - start}`;
    for (let page = start; page < start + pages; page++) {
      at[page] = `${kind} ${prot} ${shared} ${file}`;
      contents[page] = data[page] ?? 0;
    }
  }
  return { at, borders, contents };
}

const sameWindow = (a: WindowView, b: WindowView): boolean =>
  isDeepStrictEqual(a.layout, b.layout) && isDeepStrictEqual(a.data, b.data);

function seen(call: Call, before: WindowView, after: StepOutcome): Seen {
  if ('ok' in after.result) {
    const { ok } = after.result;
    const effect = successEffect(call, callShape(call), ok === 'outside' ? undefined : ok);
    return { result: 'ok', effect };
  }
  const effect = sameWindow(before, after)
    ? NOTHING_CHANGED
    : failureEffect(call, layoutOf(before), layoutOf(after));
  // None of the recorded kernels returned another.
  return { result: after.result.errno as ErrnoName, effect };
}

/** The counters behind the call: before it they were the same on both. */
const accountsOf = ({ totalVmDelta, lockedVm, committedDelta }: StepOutcome): Accounts => ({
  total: totalVmDelta,
  locked: lockedVm,
  committed: committedDelta,
});

function aspectsOf(a: StepOutcome, b: StepOutcome): Aspect[] {
  const layout = layoutAspect(layoutOf(a), layoutOf(b));
  const map: Aspect | undefined =
    layout === 'mappings' || isDeepStrictEqual(a.data, b.data) ? layout : 'contents';
  const counters: Aspect[] = counterAspects(accountsOf(a), accountsOf(b));
  return [
    ...(isDeepStrictEqual(a.result, b.result) ? [] : (['address'] as const)),
    ...(map === undefined ? [] : [map]),
    ...(map === 'mappings' ? [] : counters),
  ];
}

/** The behaviour that two recorded ends of one call are a case of, by the words that diff has for it. */
export function recordedBehaviour(
  written: WrittenCall,
  before: WindowView,
  a: StepOutcome,
  b: StepOutcome,
): Behaviour {
  const call = modelCall(written);
  return behaviour(call, seen(call, before, a), seen(call, before, b), () => aspectsOf(a, b));
}
