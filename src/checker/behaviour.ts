import { isUntouched, samePages, sameVmas } from '../invariants/untouched.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import { errnoName } from '../model/errno.js';
import type { Outcome } from '../model/outcome.js';
import type { Accounts, Pages } from '../model/state.js';
import { displacementOf, endOf, isFile, kindOf, protOf, startOf, type Vma } from '../model/vma.js';
import { callShape } from './shape.js';
import {
  type Aspect,
  COUNTERS,
  failureEffect,
  type Layout,
  layoutAspect,
  NOTHING_CHANGED,
  type Seen,
  successEffect,
} from './sight.js';

/** How two releases end one call, as a caller tells it. Calls with equal ones are one class. */
export interface Behaviour {
  readonly shape: string;
  readonly from: Seen;
  readonly to: Seen;
  /** In what the two differ, where `from` and `to` say the same. */
  readonly differs: readonly Aspect[];
}

const sameSeen = (a: Seen, b: Seen): boolean => a.result === b.result && a.effect === b.effect;

/** The behaviour; what differs besides is left out where the words differ already. */
export const behaviour = (
  call: Call,
  from: Seen,
  to: Seen,
  differs: () => readonly Aspect[],
): Behaviour => ({
  shape: callShape(call),
  from,
  to,
  differs: sameSeen(from, to) ? differs() : [],
});

/** What makes two behaviours one class. */
export const behaviourKey = ({ shape, from, to, differs }: Behaviour): string =>
  [shape, from.result, from.effect, to.result, to.effect, differs.join()].join('|');

/** Nothing differs but what a call added to counters. */
export const inCountersAlone = ({ differs }: Behaviour): boolean =>
  differs.length > 0 && differs.every((aspect) => COUNTERS.includes(aspect));

/** Kind, protection and, of a file, where in it: a number, since a search asks for many. */
const mappedAs = (vma: Vma): number =>
  (isFile(kindOf(vma)) ? displacementOf(vma) + 64 : 0) * 64 + kindOf(vma) * 4 + protOf(vma);

function layoutOf(vmas: Vmas, contents: Pages): Layout {
  const at: (number | undefined)[] = [];
  const borders = new Set<number>();
  for (const vma of vmas) {
    borders.add(startOf(vma)).add(endOf(vma));
    for (let page = startOf(vma); page < endOf(vma); page++) at[page] = mappedAs(vma);
  }
  return { at, borders, contents };
}

const ALIKE: Seen = { result: 'ok', effect: '' };

function seen(call: Call, before: Vmas, pages: Pages, outcome: Outcome): Seen {
  const { result } = outcome;
  if (result >= 0) {
    const effect = successEffect(call, callShape(call), result);
    return effect === '' ? ALIKE : { result: 'ok', effect };
  }
  const effect = isUntouched({ before, pages, outcome })
    ? NOTHING_CHANGED
    : failureEffect(call, layoutOf(before, pages), layoutOf(outcome.vmas, outcome.pages));
  return { result: errnoName(-result), effect };
}

/** The counters to which two calls added different numbers of pages. */
export const counterAspects = (a: Accounts, b: Accounts): Aspect[] => [
  ...(a.total === b.total ? [] : (['total_vm'] as const)),
  ...(a.locked === b.locked ? [] : (['locked_vm'] as const)),
  ...(a.committed === b.committed ? [] : (['Committed_AS'] as const)),
];

const sameAccounts = (a: Accounts, b: Accounts): boolean =>
  a === b || (a.total === b.total && a.locked === b.locked && a.committed === b.committed);

function aspectsOf(a: Outcome, b: Outcome): Aspect[] {
  const layout = layoutAspect(layoutOf(a.vmas, a.pages), layoutOf(b.vmas, b.pages));
  const map: Aspect | undefined =
    layout === 'mappings'
      ? layout
      : !samePages(a.pages, b.pages)
        ? 'contents'
        : (layout ?? (sameVmas(a.vmas, b.vmas) ? undefined : 'flags'));
  return [
    ...(a.result === b.result ? [] : (['address'] as const)),
    ...(map === undefined ? [] : [map]),
    // Other mappings count for something else.
    ...(map === 'mappings' ? [] : counterAspects(a.accounts, b.accounts)),
  ];
}

/** Equal results, VMAs, frames and counters. */
export const sameOutcome = (a: Outcome, b: Outcome): boolean =>
  a.result === b.result &&
  sameVmas(a.vmas, b.vmas) &&
  samePages(a.pages, b.pages) &&
  sameAccounts(a.accounts, b.accounts);

/** The behaviour that two ends of one call are a case of. */
export const behaviourOf = (
  call: Call,
  before: Vmas,
  pages: Pages,
  a: Outcome,
  b: Outcome,
): Behaviour =>
  behaviour(call, seen(call, before, pages, a), seen(call, before, pages, b), () =>
    aspectsOf(a, b),
  );
