import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import type { Vma } from '../../model/vma.js';
import { Lists } from './lists.js';
import { isSecond, type Mirror, mirroredCall } from './mirror.js';

/** Of the empty window, which is its own mirror image. */
const EMPTY = 0;

/**
 * Numbers of address spaces, each once. Where there are mirror images, one of two is stored: the first
 * has an even number, and the second the odd one behind it.
 */
export class SpaceNumbers {
  private readonly first = new Lists<Vma>();

  constructor(private readonly mirror: Mirror | undefined) {
    this.first.add([]);
  }

  /** How many are stored. */
  get size(): number {
    return this.first.size;
  }

  add(vmas: Vmas): number {
    const { first, mirror } = this;
    if (mirror === undefined) return first.add(vmas);
    return isSecond(vmas) ? 2 * first.add(mirror(vmas)) + 1 : 2 * first.add(vmas);
  }

  get(number: number): Vmas {
    const { first, mirror } = this;
    if (mirror === undefined) return first.get(number);
    const vmas = first.get(number >> 1);
    return number === this.firstOf(number) ? vmas : mirror(vmas);
  }

  /** The number of the first of an address space and its mirror image. */
  firstOf(number: number): number {
    return this.mirror === undefined ? number : number & ~1;
  }
}

/** Of an address space and its mirror image the number of the other. */
export const imageOf = (number: number): number => (number === EMPTY ? EMPTY : number ^ 1);

/** By the number of a call that of its mirror image, or its own where that is not made. */
export function callImages(calls: readonly Call[]): Int32Array {
  const images = Int32Array.from(calls.keys());
  const mapping = [...calls.entries()].filter(([, call]) => mirroredCall(call) !== call);
  const numbers = new Map(mapping.map(([number, call]) => [JSON.stringify(call), number]));
  for (const [number, call] of mapping) {
    images[number] = numbers.get(JSON.stringify(mirroredCall(call))) ?? number;
  }
  return images;
}
