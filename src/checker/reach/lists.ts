import { BASIS, mixed, spread } from './hash.js';

/** In place of the number of a list that is not there. */
export const UNKNOWN = -1;

/** The array, or one of at least twice its length that begins with it, if it is too short. */
export function longEnough(
  words: Int32Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  if (length <= words.length) return words;
  const more = new Int32Array(Math.max(2 * words.length, length));
  more.set(words);
  return more;
}

/**
 * Lists of 32-bit integers, such as the VMA words of an address space, each once and numbered in the
 * order in which they came. Exact: the lists themselves are stored, back to back, with a hash table of
 * numbers over them.
 */
export class Lists<T extends number = number> {
  private words = new Int32Array(1 << 12);
  /** Where each begins; the next begins where it ends. */
  private starts = new Int32Array(1 << 10);
  /** By slot, the number of a list and its hash: to look elsewhere takes longer than to compare these. */
  private table = new Int32Array(1 << 12).fill(UNKNOWN);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of a list, `size` before the call if it is new. */
  add(list: readonly T[]): number {
    const hash = hashOf(list);
    const slot = this.slotOf(list, hash);
    const number = this.table[slot] as number;
    if (number !== UNKNOWN) return number;
    this.table[slot] = this.count;
    this.table[slot + 1] = hash;
    return this.append(list);
  }

  /** The number of a list, or UNKNOWN. */
  find(list: readonly T[]): number {
    return this.table[this.slotOf(list, hashOf(list))] as number;
  }

  get(number: number): T[] {
    const end = this.startOf(number + 1);
    const list: T[] = [];
    for (let i = this.startOf(number); i < end; i++) list.push(this.at(i));
    return list;
  }

  /** Where its integers begin, and those of the next; for `at`. */
  startOf(number: number): number {
    return this.starts[number] as number;
  }

  at(index: number): T {
    return this.words[index] as T;
  }

  /** Where in the table a list is, or would be. */
  private slotOf(list: readonly T[], hash: number): number {
    const { table } = this;
    const mask = table.length - 2;
    for (let slot = hash & mask; ; slot = (slot + 2) & mask) {
      const number = table[slot] as number;
      if (number === UNKNOWN || (table[slot + 1] === hash && this.equals(number, list)))
        return slot;
    }
  }

  private equals(number: number, list: readonly T[]): boolean {
    const { words, starts } = this;
    const start = starts[number] as number;
    if ((starts[number + 1] as number) - start !== list.length) return false;
    for (let i = 0; i < list.length; i++) if (words[start + i] !== list[i]) return false;
    return true;
  }

  private append(list: readonly T[]): number {
    const number = this.count++;
    const start = this.starts[number] as number;
    const end = start + list.length;
    this.words = longEnough(this.words, end);
    for (let i = 0; i < list.length; i++) this.words[start + i] = list[i] as number;
    this.starts = longEnough(this.starts, number + 2);
    this.starts[number + 1] = end;
    if (4 * this.count > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const { table } = this;
    const larger = new Int32Array(2 * table.length).fill(UNKNOWN);
    const mask = larger.length - 2;
    for (let i = 0; i < table.length; i += 2) {
      if (table[i] === UNKNOWN) continue;
      const hash = table[i + 1] as number;
      let slot = hash & mask;
      while (larger[slot] !== UNKNOWN) slot = (slot + 2) & mask;
      larger[slot] = table[i] as number;
      larger[slot + 1] = hash;
    }
    this.table = larger;
  }
}

/** A word of 32 bits, since it is compared with stored ones. */
function hashOf(list: readonly number[]): number {
  let hash = BASIS;
  for (let i = 0; i < list.length; i++) hash = mixed(hash, list[i] as number);
  return spread(hash) | 0;
}
