const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;

/** A list of 32-bit integers that grows without being copied, and with little room to spare. */
export class Numbers {
  private readonly chunks: Int32Array[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: number): void {
    const chunk = this.count >>> CHUNK_BITS;
    if (chunk === this.chunks.length) this.chunks.push(new Int32Array(CHUNK));
    (this.chunks[chunk] as Int32Array)[this.count++ & (CHUNK - 1)] = value;
  }

  /** @param index below `length` */
  at(index: number): number {
    return (this.chunks[index >>> CHUNK_BITS] as Int32Array)[index & (CHUNK - 1)] as number;
  }
}
