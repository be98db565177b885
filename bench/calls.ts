/** One call of the core model with its arguments, as the peers are told of it. */
export interface PeerCall {
  readonly name: 'MMAP' | 'MUNMAP' | 'IN_PLACE' | 'MOVE';
  readonly addr: number;
  readonly from: number;
  readonly to: number;
  /** The protection of mmap(); 1 for a move with DONTUNMAP. */
  readonly what: number;
  readonly naddr: number;
}

const NO_MORE = { to: 0, what: 0, naddr: 0 };

/** Every call in a window of so many pages. */
export function peerCalls(pages: number): PeerCall[] {
  const calls: PeerCall[] = [];
  for (let addr = 0; addr < pages; addr++) {
    for (let from = 1; addr + from <= pages; from++) {
      calls.push({ ...NO_MORE, name: 'MUNMAP', addr, from });
      for (const what of [1, 2]) calls.push({ ...NO_MORE, name: 'MMAP', addr, from, what });
      for (let to = 1; to <= pages; to++) {
        calls.push({ ...NO_MORE, name: 'IN_PLACE', addr, from, to });
        for (let naddr = 0; naddr + to <= pages; naddr++) {
          for (const what of [0, 1]) calls.push({ name: 'MOVE', addr, from, to, what, naddr });
        }
      }
    }
  }
  return calls;
}
