import { insert, removeWithin } from '../address-space.js';
import type { MmapCall } from '../calls.js';
import { unusedId } from '../fault.js';
import { type AnonMergeRule, insertMerging } from '../merge.js';
import { type State, succeed, withAccounts, withoutPages, withVmas } from '../state.js';
import type { Step } from '../step.js';
import { isAccounted, Kind, makeVma, Prot, pagesOf, VM_ACCOUNT, type Vma } from '../vma.js';
import { mmapCountCheck } from './counts.js';
import { type Unmapping, withoutCharges } from './unmap.js';

/** The mapping that the call asks for. Private and writable: accounted. Shared anonymous: an object of its own. */
function requested(s: State): Vma {
  const call = s.call as MmapCall;
  const kind = Kind[call.kind];
  const isFile = kind !== Kind.anon && kind !== Kind.shm;
  const accounted = kind < Kind.fshared && call.prot === 'rw';
  return makeVma({
    start: call.addr,
    pages: call.len,
    kind,
    prot: Prot[call.prot],
    displacement: kind === Kind.anon ? 0 : (isFile ? call.offset : 0) - call.addr,
    id: kind === Kind.shm ? unusedId(s.vmas, kind) : 0,
    flags: accounted ? VM_ACCOUNT : 0,
  });
}

/** The new VMA, charged if it is accounted. Two mmaps of shared anonymous memory are two objects: nothing to merge with. */
function place(s: State, rule: AnonMergeRule): State {
  const vma = requested(s);
  const isObject = (s.call as MmapCall).kind === 'shm';
  const vmas = isObject ? insert(s.vmas, vma) : insertMerging(s.vmas, vma, rule);
  return withVmas(
    withAccounts(s, { total: pagesOf(vma), committed: isAccounted(vma) ? pagesOf(vma) : 0 }),
    vmas,
  );
}

const mapNew = (rule: AnonMergeRule): Step => ({
  name: 'mmap-insert',
  kernel: 'mmap_region',
  does: 'maps the range, merged with its neighbours where possible',
  run: (s) => place(s, rule),
});

const done: Step = {
  name: 'mmap-done',
  kernel: 'do_mmap',
  does: 'returns the address',
  run: (s) => succeed(s, (s.call as MmapCall).addr),
};

/** Up to v6.11 the range is unmapped, then the new VMA comes. */
export const mmapAfterUnmap = (rule: AnonMergeRule, unmap: Unmapping): readonly Step[] => [
  mmapCountCheck,
  ...unmap.mmapSplits,
  unmap.mmapRemove,
  mapNew(rule),
  done,
];

/**
 * From v6.12 on the new VMA is counted before those that it replaces are taken off: map_count peaks
 * one higher.
 */
export const mmapBeforeUnmap = (rule: AnonMergeRule, unmap: Unmapping): readonly Step[] => [
  mmapCountCheck,
  ...unmap.mmapSplits,
  {
    name: 'mmap-replace',
    kernel: '__mmap_complete',
    does: 'maps the range in place of what is there, which is still counted',
    run: (s) => {
      const { addr, len } = s.call as MmapCall;
      const cleared = removeWithin(s.vmas, addr, addr + len);
      const removed = s.vmas.length - cleared.length;
      const mapped = place(withVmas(withoutCharges(s, addr, addr + len), cleared), rule);
      return withoutPages(
        withVmas(mapped, mapped.vmas, mapped.mapCount + removed),
        addr,
        addr + len,
      );
    },
  },
  {
    name: 'mmap-complete',
    kernel: 'vms_complete_munmap_vmas',
    does: 'takes what was replaced off map_count',
    run: (s) => withVmas(s, s.vmas, s.vmas.length),
  },
  done,
];
