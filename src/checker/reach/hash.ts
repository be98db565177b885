/** FNV-1a over integers, begun with this. */
export const BASIS = 0x811c9dc5;

export const mixed = (hash: number, word: number): number => Math.imul(hash ^ word, 0x01000193);

/** A final mix, since tables use the low bits; not negative. */
export function spread(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
