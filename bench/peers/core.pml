/*
 * The core model of specs/core-model.json for SPIN. PAGES, LIMIT (max_map_count) and MMAP_CAP (above
 * which mmap() fails) come from gcc. bench/peers.ts writes one option of the loop for each call with its arguments
 * (options.pml), and what these are (calls.h). Each is applied in every state, whether it succeeds or
 * not, and is atomic since it is one statement.
 */
c_decl {
  /* It is run once, and gcc would optimise thousands of assignments in it. */
  void settable(void) __attribute__((optimize("O0")));

  typedef unsigned char cell;

  /* 0: not mapped; 1 and 2: mapped, with either protection. A VMA is a longest run of one of these. */
  static inline int map_count(const cell *p) {
    int count = p[0] != 0;
    for (int i = 1; i < PAGES; i++) count += (p[i] != 0) & (p[i] != p[i - 1]);
    return count;
  }

  /* Whether pages s to e - 1 lie within one VMA that has pages on both sides of them. */
  static inline int inside(const cell *p, int s, int e) {
    if (s == 0 || e == PAGES || p[s - 1] == 0) return 0;
    for (int i = s; i <= e; i++) if (p[i] != p[s - 1]) return 0;
    return 1;
  }

  static inline void fill(cell *p, int s, int e, cell c) {
    for (int i = s; i < e; i++) p[i] = c;
  }

  static inline int unmap(cell *p, int s, int e) {
    if (inside(p, s, e) && map_count(p) >= LIMIT) return 0;
    fill(p, s, e, 0);
    return 1;
  }

  static inline int end_of_vma(const cell *p, int at) {
    int end = at + 1;
    while (end < PAGES && p[end] == p[at]) end++;
    return end;
  }

  static void do_mmap(cell *p, int s, int len, cell c) {
    if (map_count(p) > MMAP_CAP) return;
    if (unmap(p, s, s + len)) fill(p, s, s + len, c);
  }

  static void do_munmap(cell *p, int s, int len) { unmap(p, s, s + len); }

  static void in_place(cell *p, int addr, int from, int to) {
    if (p[addr] == 0 || from == to) return;
    if (to < from) {
      unmap(p, addr + to, addr + from);
      return;
    }
    if (addr + to > PAGES || end_of_vma(p, addr) != addr + from) return;
    for (int i = addr + from; i < addr + to; i++) if (p[i] != 0) return;
    fill(p, addr + from, addr + to, p[addr]);
  }

  static void move(cell *p, int addr, int from, int to, int keep, int naddr) {
    if ((keep && from != to) || (addr < naddr + to && naddr < addr + from)) return;
    if (p[addr] == 0 || map_count(p) + 2 >= LIMIT - 3) return;
    if (!unmap(p, naddr, naddr + to)) return;
    if (from > to) {
      if (!unmap(p, addr + to, addr + from)) return;
      from = to;
    }
    if (addr + from > end_of_vma(p, addr) || map_count(p) >= LIMIT - 3) return;
    fill(p, naddr, naddr + to, p[addr]);
    if (!keep) unmap(p, addr, addr + from);
  }

  enum name { MMAP, MUNMAP, IN_PLACE, MOVE };

  static const struct call {
    unsigned char name, addr, from, to, what, naddr;
  } calls_made[] = {
\#include "calls.h"
  };

  static void call(cell *p, int number) {
    const struct call *c = &calls_made[number];
    switch (c->name) {
    case MMAP:
      do_mmap(p, c->addr, c->from, c->what);
      break;
    case MUNMAP:
      do_munmap(p, c->addr, c->from);
      break;
    case IN_PLACE:
      in_place(p, c->addr, c->from, c->to);
      break;
    case MOVE:
      move(p, c->addr, c->from, c->to, c->what, c->naddr);
    }
  }
}

c_state "unsigned char cells[PAGES]" "Global"

active proctype calls() {
  do
#include "options.pml"
  od
}
