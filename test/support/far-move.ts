/** A scenario that a kernel carries out and the model has no room for: its address space ends at 64 pages. */
export const FAR_MOVE = {
  pages: 60,
  headroom: 20,
  setup: [{ call: 'mmap', addr: 0, len: 8, kind: 'anon', prot: 'rw', offset: 0 }],
  calls: [
    {
      call: 'mremap',
      addr: 0,
      oldLen: 8,
      newLen: 8,
      flags: ['MAYMOVE', 'FIXED'],
      newAddr: 59,
    },
  ],
};
