import type { Behaviour } from '../checker/behaviour.js';
import type { Aspect, Seen } from '../checker/sight.js';

const ASPECTS: Readonly<Record<Aspect, string>> = {
  address: 'the address',
  mappings: 'what is mapped where',
  contents: 'which pages are where',
  borders: 'where VMAs begin and end',
  flags: 'flags, anon_vma or page offset of a VMA',
  total_vm: 'total_vm',
  locked_vm: 'locked_vm',
  Committed_AS: 'Committed_AS',
};

function seenText({ result, effect }: Seen): string {
  if (result !== 'ok') return `${result}, ${effect}`;
  if (effect === '') return 'succeeds';
  return effect === 'moved' ? 'succeeds by a move' : `succeeds ${effect}`;
}

/** What changes for a caller: `succeeds -> ENOMEM, nothing changed`. */
export function changeText({ from, to, differs }: Omit<Behaviour, 'shape'>): string {
  if (differs.length > 0) {
    const either = from.result === 'ok' ? seenText(from) : `${seenText(from)},`;
    return `${either} on both, but differs in ${differs.map((one) => ASPECTS[one]).join(', ')}`;
  }
  const short = from.result !== 'ok' && to.result !== 'ok' && from.effect === to.effect;
  return `${short ? from.result : seenText(from)} -> ${seenText(to)}`;
}

/**
 * Beyond the greatest headroom that a release asks for, and two more that a call may have used by then: what
 * happens here happens with more of it too.
 */
export const AMPLE_HEADROOM = 8;

/**
 * Whole numbers as ranges: `0, 2 to 3`; `5 and above` where they reach to the greatest.
 *
 * @param numbers each once, least first
 * @param ample from where on there is no difference
 */
function rangesText(numbers: readonly number[], ample: number): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const first = numbers[i] as number;
    while (numbers[i + 1] === (numbers[i] as number) + 1) i++;
    const last = numbers[i] as number;
    if (last >= ample) parts.push(`${first} and above`);
    else parts.push(first === last ? `${first}` : `${first} to ${last}`);
  }
  return parts.join(', ');
}

/**
 * At which headrooms something happens, of those that were tried. `and above`, or `any` where it does at all,
 * is said only where enough of them were.
 */
export function headroomText(
  headrooms: readonly number[],
  [least, most]: readonly [number, number],
): string {
  const isAmple = most >= AMPLE_HEADROOM && most < Number.POSITIVE_INFINITY;
  const all = isAmple && least <= 0 && headrooms.length === most - least + 1;
  return all
    ? 'at any headroom'
    : `at headroom ${rangesText(headrooms, isAmple ? most : Number.POSITIVE_INFINITY)}`;
}
