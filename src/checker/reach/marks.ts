/** A set of small numbers, in a byte for each. */
export class Marks {
  private bytes = new Uint8Array(1 << 10);

  has(number: number): boolean {
    return this.bytes[number] === 1;
  }

  add(number: number): void {
    if (number >= this.bytes.length) {
      const more = new Uint8Array(2 * number);
      more.set(this.bytes);
      this.bytes = more;
    }
    this.bytes[number] = 1;
  }

  clear(): void {
    this.bytes.fill(0);
  }
}
