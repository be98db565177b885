import { type Vmas, vmaAt } from '../model/address-space.js';
import { type Call, MAYMOVE, type MremapCall } from '../model/calls.js';
import { endOf, isHugetlb, isSealed } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { type Rerun, Reruns } from './reruns.js';
import { failed } from './untouched.js';

/** Pages by which the call is shorter, its lengths rounded up. */
const pagesCut = ({ oldLen, newLen }: MremapCall): number => Math.ceil(oldLen) - Math.ceil(newLen);

/** A call that only cuts off its tail. */
function cutsTail(call: Call): call is MremapCall {
  if (call.call !== 'mremap' || (call.flags & ~MAYMOVE) !== 0) return false;
  return Number.isInteger(call.addr) && call.newLen !== 0 && pagesCut(call) > 0;
}

/** Releases refuse one for its arguments only where munmap() would too; a patch may refuse others. */
const argumentsOf = (call: Call): string =>
  cutsTail(call) ? `${call.addr} ${call.oldLen} ${call.newLen}` : '';

/** From a VMA that is there and not sealed. */
function isInPlaceShrink({ before, call }: Transition): boolean {
  if (!cutsTail(call)) return false;
  const vma = vmaAt(before, call.addr);
  return vma !== undefined && !isSealed(vma);
}

function munmapOfTail(call: Call, before: Vmas): { readonly call: Call; readonly before: Vmas } {
  const shrink = call as MremapCall;
  const addr = shrink.addr + Math.ceil(shrink.newLen);
  return { call: { call: 'munmap', addr, len: pagesCut(shrink) }, before };
}

const reruns = new Reruns();

/** munmap() of the tail. */
const withoutTail = ({ on, env, before, pages, call }: Transition): Rerun =>
  reruns.run(on, env, before, pages, call, munmapOfTail);

const isUndisturbed = (t: Transition): boolean =>
  isInPlaceShrink(t) && t.outcome.failures.length === 0;

/** The tail reaches to the end of the VMA: nothing is split off, and map_count stays. Huge pages are not cut anywhere. */
function endsVma({ before, call }: Transition): boolean {
  const { addr, oldLen } = call as MremapCall;
  const vma = vmaAt(before, addr);
  return vma !== undefined && !isHugetlb(vma) && addr + Math.ceil(oldLen) === endOf(vma);
}

export const tailCutAtLimit: Invariant = {
  id: 'tail-cut-at-limit',
  statement: 'An in-place shrink that cuts off the end of a VMA needs no map slot.',
  definition:
    'call = mremap in place ∧ nothing made to fail ∧ |D| < |S| ∧ the VMA at S is neither sealed nor of huge pages, and ends with S ⇒ r ≥ 0',
  source: 'The VMA is split and its tail removed: map_count ends where it was.',
  looksAtArguments: true,
  argumentsOf,
  applies: (t) => isUndisturbed(t) && endsVma(t),
  holds: ({ outcome }) => !failed(outcome),
  explain: ({ env, before, outcome }) =>
    `refused by ${outcome.step.name} at headroom ${env.maxMapCount - before.length}`,
};

export const shrinkAlwaysPossible: Invariant = {
  id: 'shrink-always-possible',
  statement: 'An in-place shrink is not refused where munmap() could remove the tail.',
  definition:
    'call = mremap in place ∧ nothing made to fail ∧ |D| < |S| ∧ the VMA at S is not sealed ∧ munmap(S ∖ D) ≥ 0 ⇒ r ≥ 0',
  source: 'Both do the same; up to 7.0 the shrink is that munmap and nothing else.',
  looksAtArguments: true,
  argumentsOf,
  looksAtLimit: true,
  alikeUpTo: (t) => (isUndisturbed(t) ? withoutTail(t).to : Number.POSITIVE_INFINITY),
  applies: (t) => isUndisturbed(t) && !failed(withoutTail(t).outcome),
  holds: ({ outcome }) => !failed(outcome),
  explain: ({ env, before, outcome }) =>
    `refused by ${outcome.step.name} at headroom ${env.maxMapCount - before.length}, where munmap() of the tail succeeds`,
};
