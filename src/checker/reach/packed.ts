import type { Vmas } from '../../model/address-space.js';
import type { Vma } from '../../model/vma.js';

/** A number of VMAs fits in so many bits. */
const COUNT_BITS = 7;
const COUNT = (1 << COUNT_BITS) - 1;

/** Address spaces, one behind the other: how many VMAs each has, and their words. */
export function packed(spaces: Iterable<Vmas>): Int32Array<ArrayBuffer> {
  const words: number[] = [];
  for (const vmas of spaces) words.push(vmas.length, ...vmas);
  return new Int32Array(words);
}

export function* unpacked(words: Int32Array): Generator<Vmas> {
  for (let at = 0; at < words.length; ) {
    const count = words[at++] as number;
    yield vmasAt(words, at, count);
    at += count;
  }
}

function vmasAt(words: Int32Array, at: number, count: number): Vmas {
  const vmas: Vma[] = [];
  for (let i = at; i < at + count; i++) vmas.push(words[i] as Vma);
  return vmas;
}

/**
 * Address spaces that states lead to, each with the place of a state in its slice and the call that leads
 * there: two words before those of the VMAs.
 */
export class PackedSuccessors {
  private readonly words: number[] = [];

  add(index: number, call: number, vmas: Vmas): void {
    this.words.push((index << COUNT_BITS) | vmas.length, call, ...vmas);
  }

  get packed(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.words);
  }
}

/** Goes through packed successors; their number is at most half of that of the words. */
export function eachSuccessor(
  words: Int32Array,
  visit: (index: number, call: number, vmas: Vmas) => void,
): void {
  for (let at = 0; at < words.length; ) {
    const head = words[at] as number;
    const count = head & COUNT;
    visit(head >>> COUNT_BITS, words[at + 1] as number, vmasAt(words, at + 2, count));
    at += 2 + count;
  }
}
