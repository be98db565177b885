import type { Vmas } from '../../model/address-space.js';
import type { Vma } from '../../model/vma.js';
import { BASIS, mixed, spread } from './hash.js';
import { Numbers } from './numbers.js';

/**
 * The states that a search has seen, each once, numbered in the order in which they came. Exact: the
 * VMA words themselves are stored, back to back, with a hash table of numbers over them.
 */
export class StateStore {
  private readonly words = new Numbers();
  /** Where each state's words end. */
  private readonly ends = new Numbers();
  private table = new Int32Array(1 << 11).fill(-1);

  get size(): number {
    return this.ends.length;
  }

  /** The number of a state, `size` before the call if it is new. */
  add(vmas: Vmas): number {
    const slot = this.slotOf(vmas);
    const number = this.table[slot] as number;
    if (number >= 0) return number;
    this.table[slot] = this.size;
    return this.append(vmas);
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
    const end = this.ends.at(number);
    const vmas: Vma[] = [];
    for (let i = this.start(number); i < end; i++) vmas.push(this.words.at(i) as Vma);
    return vmas;
  }

  private start(number: number): number {
    return number === 0 ? 0 : this.ends.at(number - 1);
  }

  private equals(number: number, vmas: Vmas): boolean {
    const start = this.start(number);
    if (this.ends.at(number) - start !== vmas.length) return false;
    for (let i = 0; i < vmas.length; i++) if (this.words.at(start + i) !== vmas[i]) return false;
    return true;
  }

  private append(vmas: Vmas): number {
    for (const vma of vmas) this.words.push(vma);
    this.ends.push(this.words.length);
    // Four fifths full a table takes little memory, and what is looked for is still near its place.
    if (5 * this.size > 4 * this.table.length) this.rehash();
    return this.size - 1;
  }

  private rehash(): void {
    this.table = new Int32Array(2 * this.table.length).fill(-1);
    const mask = this.table.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = hash(this.get(number)) & mask;
      while ((this.table[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.table[slot] = number;
    }
  }
}

function hash(vmas: Vmas): number {
  let h = BASIS;
  for (const vma of vmas) h = mixed(h, vma);
  return spread(h);
}
