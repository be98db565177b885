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
 * Whole numbers as ranges: `0, 2 to 3`; `5 and above` where nothing above was tried.
 *
 * @param numbers each once, least first
 * @param most the greatest that was tried
 */
function rangesText(numbers: readonly number[], most: number): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const first = numbers[i] as number;
    while (numbers[i + 1] === (numbers[i] as number) + 1) i++;
    const last = numbers[i] as number;
    if (last === most) parts.push(`${first} and above`);
    else parts.push(first === last ? `${first}` : `${first} to ${last}`);
  }
  return parts.join(', ');
}

/** At which headrooms something happens; `any` where it does at all that were tried. */
export function headroomText(
  headrooms: readonly number[],
  [least, most]: readonly [number, number],
): string {
  const all = headrooms.length === most - least + 1;
  return all ? 'at any headroom' : `at headroom ${rangesText(headrooms, most)}`;
}
