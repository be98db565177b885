import { type Vmas, vmaAt } from '../model/address-space.js';
import { type Call, FIXED, MAYMOVE, type MremapCall } from '../model/calls.js';
import {
  endOf,
  isArmed,
  Kind,
  kindOf,
  makeVma,
  offsetOf,
  pagesOf,
  protOf,
  startOf,
  VM_UFFD,
  withFlags,
} from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';
import { type Rerun, Reruns } from './reruns.js';
import { describeChange, failed, isUntouched } from './untouched.js';

/** A move by FIXED of as many pages as there were, to elsewhere in the address space; no release refuses one for its arguments. */
function movesApart(call: Call, taskEnd: number): call is MremapCall {
  if (call.call !== 'mremap' || call.flags !== (FIXED | MAYMOVE)) return false;
  const { addr, oldLen, newAddr, newLen } = call;
  const areWhole = Number.isInteger(addr) && Number.isInteger(newAddr) && newLen > 0;
  const disjoint = addr + oldLen <= newAddr || newAddr + newLen <= addr;
  return areWhole && oldLen === newLen && disjoint && newAddr + newLen <= taskEnd;
}

/** A patch may refuse one. */
const argumentsOf = (call: Call, taskEnd: number): string =>
  movesApart(call, taskEnd) ? `${call.addr} ${call.oldLen} ${call.newAddr}` : '';

/** The first VMA of such a move has its own get_unmapped_area or is registered with userfaultfd. */
function firstIsIneligible({ env, before, call }: Transition): boolean {
  if (!movesApart(call, env.taskEnd)) return false;
  const vma = vmaAt(before, call.addr);
  return vma !== undefined && (kindOf(vma) === Kind.ramfs || isArmed(vma));
}

const reachesFurther = ({ before, call }: Transition): boolean => {
  const { addr, oldLen } = call as MremapCall;
  const vma = vmaAt(before, addr);
  return vma !== undefined && addr + oldLen > endOf(vma);
};

export const ineligibleFirstUntouched: Invariant = {
  id: 'multi-move-ineligible-first-untouched',
  statement:
    'A move of more than its first VMA, which may not move with others, fails and moves nothing.',
  definition:
    'call = mremap(FIXED) ∧ |S| = |D| ∧ S ∩ D = ∅ ∧ the first VMA of S may not move with others ∧ S reaches beyond it ⇒ r < 0 ∧ V′ = V ∧ f′ = f',
  source: 'Cover letter of 7c91e0b91aaa; the code is in d5f416c7c364.',
  looksAtArguments: true,
  argumentsOf,
  applies: (t) => firstIsIneligible(t) && reachesFurther(t),
  holds: (t) => failed(t.outcome) && isUntouched(t),
  explain: (t) => (failed(t.outcome) ? describeChange(t) : 'the call succeeded'),
};

/** The same address space with VMAs that may move with others in place of those that may not. */
const eligible = (vmas: Vmas): Vmas =>
  vmas.map((vma) =>
    kindOf(vma) === Kind.ramfs
      ? makeVma({
          start: startOf(vma),
          pages: pagesOf(vma),
          kind: Kind.fshared,
          prot: protOf(vma),
          displacement: offsetOf(vma) - startOf(vma),
        })
      : withFlags(vma, VM_UFFD, false),
  );

const reruns = new Reruns();

const asEligible = ({ on, env, before, pages, call }: Transition): Rerun =>
  reruns.run(on, env, before, pages, call, (same, ineligible) => ({
    call: same,
    before: eligible(ineligible),
  }));

const isAlone = (t: Transition): boolean => firstIsIneligible(t) && !reachesFurther(t);

export const ineligibleAloneMoves: Invariant = {
  id: 'ineligible-alone-moves',
  statement:
    'A VMA that may not move with others moves alone as any other would: same result as with a plain file in its place.',
  definition:
    'call = mremap(FIXED) ∧ |S| = |D| ∧ S ∩ D = ∅ ∧ the first VMA of S may not move with others ∧ S ends within it ⇒ r = the result with a VMA in its place that may',
  source: 'Cover letter of 7c91e0b91aaa: a single VMA must be allowed to succeed regardless.',
  looksAtArguments: true,
  argumentsOf,
  looksAtLimit: true,
  alikeUpTo: (t) => (isAlone(t) ? asEligible(t).to : Number.POSITIVE_INFINITY),
  applies: isAlone,
  holds: (t) => t.outcome.result === asEligible(t).outcome.result,
  explain: (t) => `result ${t.outcome.result}, with a plain file ${asEligible(t).outcome.result}`,
};
