import type { Vmas } from '../model/address-space.js';
import type { Vma } from '../model/vma.js';

/**
 * The states that a search has seen, each once, numbered in the order in which they came. Exact: the
 * VMA words themselves are stored, back to back, with a hash table of numbers over them.
 */
export class StateStore {
  private words = new Int32Array(1 << 12);
  /** Where each state's words start; one more entry than states. */
  private offsets = new Int32Array(1 << 10);
  private table = new Int32Array(1 << 11).fill(-1);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The number of a state, `size` before the call if it is new. */
  add(vmas: Vmas): number {
    const slot = this.slotOf(vmas);
    const number = this.table[slot] as number;
    if (number >= 0) return number;
    this.table[slot] = this.count;
    return this.append(vmas);
  }

  /** The number of a state, -1 if it is not known. */
  find(vmas: Vmas): number {
    return this.table[this.slotOf(vmas)] as number;
  }

  /** Where in the table a state is, or would be. */
  private slotOf(vmas: Vmas): number {
    const mask = this.table.length - 1;
    let slot = hash(vmas) & mask;
    for (;;) {
      const number = this.table[slot] as number;
      if (number < 0 || this.equals(number, vmas)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  get(number: number): Vmas {
    const start = this.offsets[number] as number;
    const end = this.offsets[number + 1] as number;
    const vmas: Vma[] = [];
    for (let i = start; i < end; i++) vmas.push(this.words[i] as Vma);
    return vmas;
  }

  private equals(number: number, vmas: Vmas): boolean {
    const start = this.offsets[number] as number;
    if ((this.offsets[number + 1] as number) - start !== vmas.length) return false;
    for (let i = 0; i < vmas.length; i++) if (this.words[start + i] !== vmas[i]) return false;
    return true;
  }

  private append(vmas: Vmas): number {
    const number = this.count++;
    const start = this.offsets[number] as number;
    if (start + vmas.length > this.words.length) this.words = grown(this.words);
    if (number + 2 > this.offsets.length) this.offsets = grown(this.offsets);
    this.words.set(vmas, start);
    this.offsets[number + 1] = start + vmas.length;
    if (2 * this.count > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    this.table = new Int32Array(2 * this.table.length).fill(-1);
    const mask = this.table.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = hash(this.get(number)) & mask;
      while ((this.table[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.table[slot] = number;
    }
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

/** FNV-1a over the words, with a final mix, since the table uses the low bits. */
function hash(vmas: Vmas): number {
  let h = 0x811c9dc5;
  for (const vma of vmas) h = Math.imul(h ^ vma, 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
