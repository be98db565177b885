import { vmaAt } from '../model/address-space.js';
import { DONTUNMAP, FIXED, type MremapCall } from '../model/calls.js';
import { isShared, kindOf, offsetOf, protOf, startOf, type Vma } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { failed, samePages, sameVmas } from './untouched.js';

type Fault = string | undefined;

/** A page's place in its file or object, or undefined for private anonymous memory. */
const fileOffset = (vma: Vma, page: number): number => offsetOf(vma) + page - startOf(vma);

/** The page is mapped to the same thing: kind, protection, and offset where a file is behind it. */
function sameMappingAt(was: Vma, page: number, is: Vma | undefined, now: number): boolean {
  if (is === undefined || kindOf(is) !== kindOf(was) || protOf(is) !== protOf(was)) return false;
  return kindOf(was) === 0 || fileOffset(was, page) === fileOffset(is, now);
}

/** Where the call's ranges are: source, destination (if it moves), and the pages that stay mapped. */
interface Ranges {
  readonly call: MremapCall;
  readonly moved: boolean;
  readonly target: number;
}

function rangesOf({ outcome }: Transition, call: MremapCall): Ranges {
  const fixed = (call.flags & FIXED) !== 0;
  const moved = failed(outcome) ? fixed : outcome.result !== call.addr;
  return { call, moved, target: fixed ? call.newAddr : outcome.result };
}

/** Nothing outside the two ranges changes, nor does what the destination has opposite a gap of the source. */
function bystanderFault(t: Transition, { call, moved, target }: Ranges): Fault {
  const sourceEnd = call.addr + Math.max(call.oldLen, moved ? 0 : call.newLen);
  for (let page = 0; page < t.pages.length; page++) {
    const inSource = page >= call.addr && page < sourceEnd;
    const inTarget = moved && page >= target && page < target + call.newLen;
    if (inSource || inTarget) continue;
    if (t.outcome.pages[page] !== t.pages[page]) return `the frame at page ${page} changed`;
    const was = vmaAt(t.before, page);
    const is = vmaAt(t.outcome.vmas, page);
    if (was === undefined ? is !== undefined : !sameMappingAt(was, page, is, page)) {
      return `page ${page}, outside source and destination, is mapped differently`;
    }
  }
  return undefined;
}

/** After a failure each page of the source is still where it was, or at its place in the destination. */
function failureFault(t: Transition, { call, target }: Ranges): Fault {
  const kept = Math.min(call.oldLen, call.newLen);
  for (let i = 0; i < kept; i++) {
    const was = vmaAt(t.before, call.addr + i);
    if (was === undefined) continue;
    const token = t.pages[call.addr + i];
    const stayed =
      t.outcome.pages[call.addr + i] === token &&
      sameMappingAt(was, call.addr + i, vmaAt(t.outcome.vmas, call.addr + i), call.addr + i);
    const arrived =
      t.outcome.pages[target + i] === token &&
      sameMappingAt(was, call.addr + i, vmaAt(t.outcome.vmas, target + i), target + i);
    if (!stayed && !arrived) return `page ${call.addr + i} of the source is lost`;
  }
  return undefined;
}

/** After a move each page of the source is at its place in the destination, and nowhere else. */
function moveFault(t: Transition, { call, target }: Ranges): Fault {
  const { vmas, pages } = t.outcome;
  for (let i = 0; i < Math.max(call.oldLen, call.newLen); i++) {
    const from = call.addr + i;
    const was = i < call.oldLen ? vmaAt(t.before, from) : undefined;
    if (was !== undefined && i < call.newLen) {
      if (pages[target + i] !== t.pages[from]) return `page ${from} is not at page ${target + i}`;
      if (!sameMappingAt(was, from, vmaAt(vmas, target + i), target + i)) {
        return `page ${target + i} is mapped differently from page ${from} before`;
      }
    }
    if (was !== undefined) {
      const keeps = (call.flags & DONTUNMAP) !== 0;
      const is = vmaAt(vmas, from);
      if (!keeps && is !== undefined) {
        return `page ${from} is still mapped after its move${isShared(was) ? ', twice now' : ''}`;
      }
      if (keeps && !sameMappingAt(was, from, is, from)) return `page ${from} was to stay mapped`;
      if (keeps && pages[from] !== 0) return `page ${from} still has its frame`;
    }
  }
  return undefined;
}

/** In place the kept pages stay, a tail goes, an extension maps more of the same. */
function inPlaceFault(t: Transition, { call }: Ranges): Fault {
  const { vmas, pages } = t.outcome;
  for (let i = 0; i < Math.max(call.oldLen, call.newLen); i++) {
    const page = call.addr + i;
    const was = vmaAt(t.before, page);
    const is = vmaAt(vmas, page);
    if (i >= call.newLen) {
      if (is !== undefined) return `page ${page} of the tail is still mapped`;
    } else if (i < call.oldLen) {
      if (pages[page] !== t.pages[page]) return `the frame at page ${page} changed`;
      if (was !== undefined && !sameMappingAt(was, page, is, page)) {
        return `page ${page} is mapped differently`;
      }
    } else if (was !== undefined || is === undefined) {
      return `the extension has ${was !== undefined ? 'taken' : 'not mapped'} page ${page}`;
    }
  }
  return undefined;
}

function fault(t: Transition): Fault {
  const ranges = rangesOf(t, t.call as MremapCall);
  const bystander = bystanderFault(t, ranges);
  if (bystander !== undefined) return bystander;
  if (failed(t.outcome)) return failureFault(t, ranges);
  return ranges.moved ? moveFault(t, ranges) : inPlaceFault(t, ranges);
}

export const pagesPreserved: Invariant = {
  id: 'pages-preserved',
  statement:
    'No page of the source is lost, duplicated or swapped, and nothing outside source and destination is touched.',
  source: 'mremap(2): the call moves a mapping with its contents.',
  applies: ({ call }) => call.call === 'mremap',
  holds: (t) =>
    (t.outcome.result < 0 &&
      sameVmas(t.before, t.outcome.vmas) &&
      samePages(t.pages, t.outcome.pages)) ||
    fault(t) === undefined,
  explain: (t) => fault(t) ?? '',
};
