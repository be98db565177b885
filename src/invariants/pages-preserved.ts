import { vmaAt } from '../model/address-space.js';
import { FIXED, type MremapCall } from '../model/calls.js';
import { isHugetlb } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { mapsTheSame, type PageMap, wholeLengths } from './page-contract.js';
import { pageMapBefore, pageMapOf } from './page-map.js';
import { failed, isUntouched } from './untouched.js';

type Fault = string | undefined;

/** Source and destination, in pages. */
interface Ranges {
  readonly addr: number;
  readonly oldLen: number;
  readonly newLen: number;
  /** First page of the destination; undefined if a failing call had not been given one. */
  readonly target: number | undefined;
}

function rangesOf({ before, outcome }: Transition, call: MremapCall): Ranges {
  const fixed = (call.flags & FIXED) !== 0;
  const chosen = failed(outcome) ? undefined : outcome.result;
  return {
    addr: call.addr,
    ...wholeLengths(call, (page) => {
      const vma = vmaAt(before, page);
      return vma !== undefined && isHugetlb(vma);
    }),
    target: fixed ? call.newAddr : chosen,
  };
}

/** Each frame of the source that is to stay is there once, at its old or at its new place. */
function frameFault(
  { pages, outcome }: Transition,
  { addr, oldLen, newLen, target }: Ranges,
): Fault {
  for (let i = 0; i < Math.min(oldLen, newLen); i++) {
    const from = addr + i;
    const token = pages[from] ?? 0;
    if (token === 0) continue;
    const at = outcome.pages.indexOf(token);
    if (at < 0) return `page ${from} of the source is lost`;
    const again = outcome.pages.indexOf(token, at + 1);
    if (again >= 0) return `page ${from} of the source is at page ${at} and at page ${again}`;
    if (at !== from && (target === undefined || at !== target + i)) {
      return `page ${from} of the source is at page ${at}`;
    }
  }
  return undefined;
}

/** Where a failing call leaves a frame of the source, it is mapped as it was. */
function mappingFault(was: PageMap, is: PageMap, { addr, oldLen, newLen, target }: Ranges): Fault {
  for (let i = 0; i < Math.min(oldLen, newLen); i++) {
    const page = was[addr + i];
    if (page === undefined) continue;
    const isAt = (place: number): boolean =>
      is[place]?.frame === page.frame && mapsTheSame(page, is[place]);
    if (!isAt(addr + i) && (target === undefined || !isAt(target + i))) {
      return `page ${addr + i} of the source is lost`;
    }
  }
  return undefined;
}

/**
 * A failing call changes nothing outside of source and destination.
 *
 * @param leavesCopy the copy could not be removed again: it is where the kernel had put it, and empty
 */
function bystanderFault(was: PageMap, is: PageMap, ranges: Ranges, leavesCopy: boolean): Fault {
  const { addr, oldLen, newLen, target } = ranges;
  for (let page = 0; page < was.length; page++) {
    const inSource = page >= addr && page < addr + oldLen;
    const inTarget = target !== undefined && page >= target && page < target + newLen;
    const isCopy = target === undefined && was[page] === undefined && is[page]?.frame === 0;
    if (inSource || inTarget || (isCopy && leavesCopy)) continue;
    if (was[page]?.frame !== is[page]?.frame) return `the frame at page ${page} changed`;
    if (!mapsTheSame(was[page], is[page])) {
      return `page ${page}, outside source and destination, is mapped differently`;
    }
  }
  return undefined;
}

function fault(t: Transition): Fault {
  const ranges = rangesOf(t, t.call as MremapCall);
  const lost = frameFault(t, ranges);
  if (lost !== undefined || !failed(t.outcome)) return lost;
  const was = pageMapBefore(t.before, t.pages);
  const is = pageMapOf(t.outcome.vmas, t.outcome.pages);
  // One failure has undone the move, another the undoing.
  const leavesCopy = t.outcome.failures.length > 1;
  return mappingFault(was, is, ranges) ?? bystanderFault(was, is, ranges, leavesCopy);
}

export const pagesPreserved: Invariant = {
  id: 'pages-preserved',
  statement:
    'No page of the source is lost or duplicated: after any mremap(), failed or not, each is at its old or at its new place, and one that fails touches nothing outside source and destination.',
  definition:
    'call = mremap ⇒ ∀ i < min(|S|, |D|), f(Sᵢ) ≠ ∅: ∃! p: f′(p) = f(Sᵢ), and p ∈ {Sᵢ, Dᵢ}; r < 0 ⇒ ∀ p ∉ S ∪ D: f′(p) = f(p) ∧ m′(p) = m(p)',
  source: 'mremap(2): the call moves a mapping with its contents.',
  applies: ({ call }) => call.call === 'mremap',
  holds: (t) => (failed(t.outcome) && isUntouched(t)) || fault(t) === undefined,
  explain: (t) => fault(t) ?? '',
};
