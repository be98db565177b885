import type { Vmas } from './address-space.js';
import type { Pages } from './state.js';
import { endOf, startOf } from './vma.js';

/** A frame token, page + 1, for each page that is mapped. */
export function frameTokens(vmas: Vmas, pages: number): Pages {
  const tokens = new Array<number>(pages).fill(0);
  for (const vma of vmas) {
    for (let page = startOf(vma); page < endOf(vma) && page < pages; page++) {
      tokens[page] = page + 1;
    }
  }
  return tokens;
}
