const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** A list of 16-bit numbers that grows without being copied, as `Numbers` does. */
export class Halves {
  private readonly chunks: Uint16Array[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    const chunk = this.count >>> CHUNK_BITS;
    if (chunk === this.chunks.length) this.chunks.push(new Uint16Array(CHUNK));
    (this.chunks[chunk] as Uint16Array)[this.count++ & (CHUNK - 1)] = value;
  }

  /** A number of 32 bits, in two. */
  pushWord(value: number): void {
    this.push(value >>> 16);
    this.push(value & 0xffff);
  }

  /** @param index below `length` */
  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as Uint16Array)[index & (CHUNK - 1)] as number;
  }

  wordAt(index: number): number {
    return (this.at(index) << 16) | this.at(index + 1);
  }
}
