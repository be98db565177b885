import { endOf, startOf } from '../model/vma.js';
import type { Invariant, Transition } from './invariant.js';

function fault({ env, outcome }: Transition): string | undefined {
  const { vmas, mapCount } = outcome;
  if (mapCount !== vmas.length) return `map_count is ${mapCount}, there are ${vmas.length} VMAs`;
  let end = 0;
  for (const vma of vmas) {
    if (startOf(vma) < end) return `the VMA at page ${startOf(vma)} starts before page ${end}`;
    end = endOf(vma);
  }
  return end > env.taskEnd ? `a VMA ends at page ${end}, beyond ${env.taskEnd}` : undefined;
}

export const wellFormed: Invariant = {
  id: 'well-formed',
  statement: 'After every call the VMAs are sorted and disjoint, and map_count is their number.',
  definition: 'V′ is sorted, disjoint and below the task size ∧ n′ = |V′|',
  source: 'validate_mm() checks the same under CONFIG_DEBUG_VM_MAPLE_TREE.',
  applies: () => true,
  holds: (t) => fault(t) === undefined,
  explain: (t) => fault(t) ?? '',
};
