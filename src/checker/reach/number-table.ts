const PAGE_BITS = 10;
const PAGE = 1 << PAGE_BITS;

/**
 * A hash table of numbers with open addressing, as far as it need not know what they are numbers of. It
 * grows by a quarter, page by page and in its place: memory that is let go may be taken for long.
 */
export class NumberTable {
  private readonly pages: Int32Array[] = [emptyPage()];
  private readonly tags: Uint8Array[] = [new Uint8Array(PAGE)];
  private count = 0;

  get slots(): number {
    return this.pages.length * PAGE;
  }

  /** Four fifths full a table takes little memory, and what is looked for is still near its place. */
  get isFull(): boolean {
    return 5 * this.count > 4 * this.slots;
  }

  next(slot: number): number {
    return slot + 1 === this.slots ? 0 : slot + 1;
  }

  /** The number in a slot, -1 if there is none. */
  at(slot: number): number {
    return (this.pages[slot >>> PAGE_BITS] as Int32Array)[slot & (PAGE - 1)] as number;
  }

  /** Of a number in a slot, 8 bits of its hash: most that are not looked for need not be looked at. */
  tagAt(slot: number): number {
    return (this.tags[slot >>> PAGE_BITS] as Uint8Array)[slot & (PAGE - 1)] as number;
  }

  /** Puts a number in a slot that has none. */
  set(slot: number, number: number, tag: number): void {
    (this.pages[slot >>> PAGE_BITS] as Int32Array)[slot & (PAGE - 1)] = number;
    (this.tags[slot >>> PAGE_BITS] as Uint8Array)[slot & (PAGE - 1)] = tag;
    this.count++;
  }

  /** Takes all numbers out and makes room for more; they are to be put in again. */
  grow(): Iterable<number> {
    let taken = 0;
    if (scratch.length < this.count) scratch = new Int32Array(2 * this.count);
    for (const page of this.pages) {
      for (const number of page) if (number >= 0) scratch[taken++] = number;
      page.fill(-1);
    }
    for (let more = Math.ceil(this.pages.length / 4); more > 0; more--) {
      this.pages.push(emptyPage());
      this.tags.push(new Uint8Array(PAGE));
    }
    this.count = 0;
    return scratch.subarray(0, taken);
  }
}

/** What one table holds while it grows; they do so one after the other. */
let scratch = new Int32Array(PAGE);

const emptyPage = (): Int32Array => new Int32Array(PAGE).fill(-1);
