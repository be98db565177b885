const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** A list of integers of some width that grows without being copied, and with little room to spare. */
class Chunked<A extends Int32Array | Uint16Array> {
  private readonly chunks: A[] = [];
  private count = 0;

  constructor(private readonly make: (length: number) => A) {}

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    const chunk = this.count >>> CHUNK_BITS;
    if (chunk === this.chunks.length) this.chunks.push(this.make(CHUNK));
    (this.chunks[chunk] as A)[this.count++ & (CHUNK - 1)] = value;
  }

  /** @param index below `length` */
  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as A)[index & (CHUNK - 1)] as number;
  }
}

/** Of 32 bits each. */
export class Numbers extends Chunked<Int32Array> {
  constructor() {
    super((length) => new Int32Array(length));
  }
}

/** Of 16 bits each. */
export class Halves extends Chunked<Uint16Array> {
  constructor() {
    super((length) => new Uint16Array(length));
  }

  /** A number of 32 bits, in two. */
  pushWord(value: number): void {
    this.push(value >>> 16);
    this.push(value & 0xffff);
  }

  /** @param index of the first of the two */
  wordAt(index: number): number {
    return (this.at(index) << 16) | this.at(index + 1);
  }
}
