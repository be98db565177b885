import { describe, expect, test } from 'vitest';
import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import type { Release } from '../../src/model/release.js';
import { isAccounted, isArmed, isLocked, kindName } from '../../src/model/vma.js';
import { drift } from '../support/accounts.js';
import { spans } from '../support/page-map.js';
import {
  callFailing,
  callWithout,
  lock,
  map,
  move,
  moveKeeping,
  play,
  register,
  remap,
  resultName,
  seal,
  touch,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// What is gone, what stays, and what is charged when something inside a call fails that no argument and
// no limit is to blame for: an allocation, a charge, a driver's veto.

/** Errno, VMAs left, and what the counters of the process have too many or too few. */
const ends = (release: Release, vmas: Vmas, call: Call, ...what: readonly string[]) => {
  const outcome = callWithout(release, vmas, call, ...what);
  return {
    result: resultName(outcome),
    left: spans(outcome.vmas),
    drift: drift(vmas, outcome).committed,
    locked: drift(vmas, outcome).locked,
  };
};

const EXACT = { drift: 0, locked: 0 };

/** Charged, and written to; a charged VMA lies at the destination, and something behind both. */
const SETUP = [map(0, 4, 'anon'), touch(0, 4), map(8, 12, 'fpriv'), map(14, 15, 'shm')];
const shrinking = remap(0, 4, 2, ['MAYMOVE', 'FIXED'], 9);
const growing = remap(0, 4, 5, ['MAYMOVE', 'FIXED'], 8);

describe.each(everyRelease)('munmap() on %s', (_id, release) => {
  const vmas = play(release, map(0, 6, 'anon'));

  test('without memory for the first split changes nothing', () => {
    expect(ends(release, vmas, unmap(2, 4), 'munmap-split-start: vm_area_dup')).toEqual({
      result: 'ENOMEM',
      left: ['0-6'],
      ...EXACT,
    });
  });

  test('without memory for the second one keeps the first', () => {
    expect(ends(release, vmas, unmap(2, 4), 'munmap-split-end: vm_area_dup')).toEqual({
      result: 'ENOMEM',
      left: ['0-2', '2-6'],
      ...EXACT,
    });
  });
});

describe('munmap() without memory to set the VMAs aside', () => {
  const aside = 'munmap-remove: mas_store_gfp';

  test.each(releasesFrom('v6.1'))(
    'keeps both splits, with a maple tree (6.1): %s',
    (_id, release) => {
      expect(ends(release, play(release, map(0, 6, 'anon')), unmap(2, 4), aside)).toEqual({
        result: 'ENOMEM',
        left: ['0-2', '2-4', '4-6'],
        ...EXACT,
      });
    },
  );

  test.each(releasesBefore('v6.1'))('cannot fail before: %s', (_id, release) => {
    const vmas = play(release, map(0, 6, 'anon'));
    expect(() => callWithout(release, vmas, unmap(2, 4), aside)).toThrow('does not meet');
  });
});

describe('a driver that refuses to have its VMA split', () => {
  const veto = 'munmap-split-end: vm_ops->may_split';
  const setup = [map(0, 4, 'special'), map(6, 10, 'special')];

  test.each(releasesFrom('v2.6.33'))(
    'leaves the first split of an munmap(): %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      expect(
        ends(release, vmas, unmap(2, 8), 'munmap-split-start: vm_ops->may_split').left,
      ).toEqual(['0-4', '6-10']);
      expect(ends(release, vmas, unmap(2, 8), veto)).toEqual({
        result: 'EINVAL',
        left: ['0-2', '2-4', '6-10'],
        ...EXACT,
      });
    },
  );

  test.each(releasesBefore('v2.6.33'))('is not asked before 4.15: %s', (_id, release) => {
    const vmas = play(release, ...setup);
    expect(() => callWithout(release, vmas, unmap(2, 8), veto)).toThrow('does not meet');
  });

  // move_vma() asks before it copies from 5.11 on; before, the munmap() of the source is refused and
  // nobody hears of it.
  test.each(releasesFrom('v5.11'))('refuses a move from 5.11 on: %s', (_id, release) => {
    const vmas = play(release, map(0, 4, 'special'), map(8, 10, 'shm'));
    expect(ends(release, vmas, move(1, 3, 8), 'may-split: vm_ops->may_split')).toEqual({
      result: 'EINVAL',
      left: ['0-4'],
      ...EXACT,
    });
  });

  test.each(releasesFrom('v2.6.33', 'v5.11'))(
    'leaves a source mapped that has been moved, before 5.11: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 4, 'special'), map(8, 10, 'shm'));
      const end = ends(release, vmas, move(1, 3, 8), 'unmap-source-split-start: vm_ops->may_split');
      expect(end).toEqual({ result: 'ok', left: ['0-4', '8-10'], ...EXACT });
    },
  );
});

describe.each(everyRelease)('a move on %s', (_id, release) => {
  const vmas = play(release, ...SETUP);

  test('whose destination cannot be split off keeps that and the source', () => {
    const second = 'unmap-destination-split-end: vm_area_dup';
    expect(ends(release, vmas, shrinking, second)).toEqual({
      result: 'ENOMEM',
      left: ['0-4', '8-9', '9-12', '14-15'],
      ...EXACT,
    });
  });

  test('whose tail cannot be split off has lost its destination', () => {
    expect(ends(release, vmas, shrinking, 'unmap-tail-split-start: vm_area_dup')).toEqual({
      result: 'ENOMEM',
      left: ['0-4', '8-9', '11-12', '14-15'],
      ...EXACT,
    });
  });

  test('without memory for the copy has lost destination and tail', () => {
    expect(ends(release, vmas, shrinking, 'copy-vma: copy_vma')).toEqual({
      result: 'ENOMEM',
      left: ['0-2', '8-9', '11-12', '14-15'],
      ...EXACT,
    });
  });

  test('without memory for its page tables leaves a hole at the destination, and the source with its pages', () => {
    const outcome = callWithout(release, vmas, move(0, 4, 8), 'move-page-tables: alloc_new_pmd');
    expect(resultName(outcome)).toBe('ENOMEM');
    expect(spans(outcome.vmas)).toEqual(['0-4', '14-15']);
    expect(outcome.pages.slice(0, 4)).toEqual([1, 2, 3, 4]);
    // 6.5 charges for what it has unmapped, be it the copy.
    const committed = release.id === 'v6.5.3' ? 4 : 0;
    expect(drift(vmas, outcome)).toEqual({ total: 0, locked: 0, committed });
    // The copy was there for a while: nothing unmapped, one more than the source and what is behind.
    expect(outcome.peak).toBe(3);
  });

  test('that cannot be undone either leaves an empty copy, and is an error still', () => {
    // The copy joins what is left of the file behind it, so that it must be split off.
    const outcome = callWithout(
      release,
      play(release, map(0, 2, 'fshared'), { ...map(8, 10, 'fshared'), offset: 2 } as Call),
      move(0, 2, 6),
      'move-page-tables: alloc_new_pmd',
      'unmap-source-split-end: vm_area_dup',
    );
    expect(resultName(outcome)).toBe('ENOMEM');
    expect(spans(outcome.vmas)).toEqual(['0-2', '6-10']);
    expect(outcome.pages.slice(0, 2)).toEqual([1, 2]);
  });

  test('whose source cannot be unmapped succeeds, with both mapped', () => {
    const outcome = callWithout(
      release,
      vmas,
      move(1, 3, 8),
      'unmap-source-split-end: vm_area_dup',
    );
    expect(outcome.result).toBe(8);
    expect(spans(outcome.vmas)).toEqual(['0-1', '1-4', '8-10', '10-12', '14-15']);
    expect(outcome.pages.slice(0, 4)).toEqual([1, 0, 0, 4]);
    expect(outcome.pages.slice(8, 10)).toEqual([2, 3]);
    // VM_ACCOUNT was hidden on all of the VMA before it was split, and is put back nowhere.
    expect(outcome.vmas.map(isAccounted)).toEqual([false, false, true, true, false]);
  });
});

describe('the charge after the source could not be unmapped', () => {
  const failed = (release: Release, setup: readonly Call[], call: Call) => {
    const vmas = play(release, ...setup);
    return callWithout(release, vmas, call, 'unmap-source-split-end: vm_area_dup').accounts
      .committed;
  };
  const inside = remap(1, 2, 3, ['MAYMOVE', 'FIXED'], 10);
  const charged = [map(0, 8, 'anon'), touch(0, 8)];

  // What grows by 1 page cannot lie inside its VMA and be charged in place: the copy has 3 pages.
  test.each(releasesBefore('v5.11'))(
    'is returned for all of the VMA but the source, up to 5.10: %s',
    (_id, release) => {
      // 1 page more, 6 of the 8 given back: 3 pages of the copy are accounted, and 3 charged.
      expect(failed(release, charged, inside)).toBe(1 - 6);
    },
  );

  test.each(releasesOf('5.11', '5.13'))(
    'is taken for the new length up to 5.15: %s',
    (_id, release) => {
      expect(failed(release, charged, inside)).toBe(1 + 3);
    },
  );

  test.each(releasesFrom('v5.16'))(
    'is taken for the old length from 5.16 on: %s',
    (_id, release) => {
      expect(failed(release, charged, inside)).toBe(1 + 2);
    },
  );

  const uncharged = [map(0, 8, 'shm')];

  test.each(releasesBefore('v6.15'))(
    'is none for a VMA that has none, up to 6.14: %s',
    (_id, release) => {
      expect(failed(release, uncharged, inside)).toBe(0);
    },
  );

  test.each(releasesFrom('v6.15'))(
    'is taken for a VMA that has none from 6.15 on: %s',
    (_id, release) => {
      expect(failed(release, uncharged, inside)).toBe(2);
    },
  );
});

describe('the charge of a growing move whose page tables could not be moved', () => {
  const end = (release: Release) =>
    ends(release, play(release, ...SETUP), growing, 'move-page-tables: alloc_new_pmd');
  const LEFT = ['0-4', '14-15'];

  test.each([...releasesBefore('v5.16'), ...releasesFrom('v7.3')])(
    'is given back up to 5.15, and again from 7.3 on: %s',
    (_id, release) => {
      expect(end(release)).toEqual({ result: 'ENOMEM', left: LEFT, ...EXACT });
    },
  );

  test.each(releasesOf('5.16', '7.2'))(
    'is kept for what it grew by from 5.16 on: %s',
    (_id, release) => {
      expect(end(release)).toEqual({ result: 'ENOMEM', left: LEFT, drift: 1, locked: 0 });
    },
  );
});

describe('a charge that fails', () => {
  test.each(releasesBefore('v5.16'))(
    'fails before the move, with the destination gone, up to 5.15: %s',
    (_id, release) => {
      const step = 'charge-growth: security_vm_enough_memory_mm';
      expect(ends(release, play(release, ...SETUP), growing, step)).toEqual({
        result: 'ENOMEM',
        left: ['0-4', '14-15'],
        ...EXACT,
      });
    },
  );

  test.each(releasesFrom('v5.16'))(
    'fails within the move, with the destination gone, from 5.16 on: %s',
    (_id, release) => {
      const step = 'charge-copy: security_vm_enough_memory_mm';
      expect(ends(release, play(release, ...SETUP), growing, step)).toEqual({
        result: 'ENOMEM',
        left: ['0-4', '14-15'],
        ...EXACT,
      });
    },
  );

  test.each(releasesOf('5.7', '5.10'))(
    'is not asked for with DONTUNMAP up to 5.10: %s',
    (_id, release) => {
      const step = 'charge-copy: security_vm_enough_memory_mm';
      const vmas = play(release, ...SETUP);
      expect(() => callWithout(release, vmas, moveKeeping(0, 4, 8), step)).toThrow('does not meet');
    },
  );

  test.each(releasesOf('5.11'))('is asked for with DONTUNMAP from 5.11 on: %s', (_id, release) => {
    const step = 'charge-copy: security_vm_enough_memory_mm';
    expect(ends(release, play(release, ...SETUP), moveKeeping(0, 4, 8), step)).toEqual({
      result: 'ENOMEM',
      left: ['0-4', '14-15'],
      ...EXACT,
    });
  });

  test.each(everyRelease)('of a growth in place changes nothing: %s', (_id, release) => {
    const vmas = play(release, map(0, 4, 'anon'));
    const step = releasesBefore('v5.16').some(([, one]) => one === release)
      ? 'charge-growth'
      : 'expand-in-place';
    const what = `${step}: security_vm_enough_memory_mm`;
    expect(ends(release, vmas, remap(0, 4, 6), what)).toEqual({
      result: 'ENOMEM',
      left: ['0-4'],
      ...EXACT,
    });
  });
});

describe('a growth in place without memory', () => {
  const end = (release: Release, kind: 'anon' | 'shm') =>
    ends(release, play(release, map(0, 4, kind)), remap(0, 4, 6), 'expand-in-place: vma_merge');

  test.each(releasesFrom('v6.1'))('changes nothing: %s', (_id, release) => {
    expect(end(release, 'anon')).toEqual({ result: 'ENOMEM', left: ['0-4'], ...EXACT });
  });

  // A VMA grows alone then, and in place: vma_adjust() has nothing to allocate.
  test.each(releasesBefore('v6.1'))(
    'cannot be, before there is a maple tree: %s',
    (_id, release) => {
      expect(() => end(release, 'anon')).toThrow('does not meet');
    },
  );

  test.each(releasesOf('6.1', '6.6'))(
    'gives back what was never charged, of a VMA that is not accounted, up to 6.6: %s',
    (_id, release) => {
      expect(end(release, 'shm')).toEqual({
        result: 'ENOMEM',
        left: ['0-4'],
        drift: -2,
        locked: 0,
      });
    },
  );
});

describe('DONTUNMAP', () => {
  test.each(releasesFrom('v5.7'))(
    'whose page tables cannot be moved leaves no copy, and no charge: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 4, 'anon'), touch(0, 4), lock(0, 4));
      const call = moveKeeping(0, 4, 8);
      const outcome = callWithout(release, vmas, call, 'move-page-tables: alloc_new_pmd');
      expect(resultName(outcome)).toBe('ENOMEM');
      expect(spans(outcome.vmas)).toEqual(['0-4']);
      // Nothing was completed: the source is locked and charged as before.
      expect([outcome.vmas.every(isLocked), outcome.vmas.every(isAccounted)]).toEqual([true, true]);
      expect(drift(vmas, outcome)).toEqual({ total: 0, locked: 0, committed: 0 });
    },
  );

  test.each(releasesOf('7.2'))(
    'of a locked VMA leaves it split where it fails behind the splits, from 7.2 on: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 6, 'anon'), touch(0, 6), lock(0, 6), map(8, 10, 'shm'));
      const call = moveKeeping(2, 4, 8);
      const left = (what: string) => ends(release, vmas, call, what);
      // The destination is gone before any of it.
      expect(left('locked-source-split-start: vm_area_dup').left).toEqual(['0-6']);
      expect(left('locked-source-split-end: vm_area_dup').left).toEqual(['0-2', '2-6']);
      for (const what of [
        'charge-copy: security_vm_enough_memory_mm',
        'copy-vma: copy_vma',
        'move-page-tables: alloc_new_pmd',
      ]) {
        expect(left(what), what).toEqual({
          result: 'ENOMEM',
          left: ['0-2', '2-4', '4-6'],
          ...EXACT,
        });
      }
    },
  );

  test.each(releasesOf('5.7', '5.10'))(
    'inside a VMA that its copy has merged with marks no VMA behind it, up to 5.10: %s',
    (_id, release) => {
      // Never written, so that the copy fits the end of its own VMA: `if (split && new_vma == vma)`.
      const vmas = play(release, map(0, 6, 'anon'), map(9, 10, 'anon', 'r'));
      const outcome = callFailing(release, vmas, moveKeeping(2, 4, 6), []);
      expect(spans(outcome.vmas)).toEqual(['0-8', '9-10']);
      expect(outcome.vmas.map(isAccounted)).toEqual([true, false]);
      expect(drift(vmas, outcome).committed).toBe(0);
    },
  );
});

describe('vm_ops->mremap of a driver', () => {
  const refuses = 'move-page-tables: vm_ops->mremap';
  const setup = [map(0, 4, 'special'), map(8, 10, 'shm')];

  test.each(releasesFrom('v2.6.33'))('that refuses undoes the move: %s', (_id, release) => {
    expect(ends(release, play(release, ...setup), move(0, 2, 8), refuses)).toEqual({
      result: 'EINVAL',
      left: ['0-4'],
      ...EXACT,
    });
  });

  test.each(releasesBefore('v2.6.33'))('is not there before 4.3: %s', (_id, release) => {
    const vmas = play(release, ...setup);
    expect(() => callWithout(release, vmas, move(0, 2, 8), refuses)).toThrow('does not meet');
  });
});

describe('KSM', () => {
  const unmerge = 'unmerge-ksm: ksm_madvise';

  test.each(releasesFrom('v2.6.33'))(
    'that cannot unmerge refuses the move of private anonymous memory: %s',
    (_id, release) => {
      const end = ends(release, play(release, ...SETUP), shrinking, unmerge);
      expect(end).toEqual({ result: 'ENOMEM', left: ['0-2', '8-9', '11-12', '14-15'], ...EXACT });
      const file = play(release, map(0, 4, 'fpriv'));
      expect(() => callWithout(release, file, move(0, 4, 8), unmerge)).toThrow('does not meet');
    },
  );
});

describe('a move of several VMAs', () => {
  const three = [
    map(0, 2, 'shm'),
    map(2, 4, 'anon'),
    touch(2, 4),
    map(4, 6, 'shm'),
    map(8, 14, 'shm'),
  ];

  test.each(releasesOf('6.17'))(
    'that fails in the second has moved the first, and unmapped where the second was to go: %s',
    (_id, release) => {
      const vmas = play(release, ...three);
      const outcome = callWithout(release, vmas, move(0, 6, 8), 'unmerge-ksm: ksm_madvise');
      expect(resultName(outcome)).toBe('ENOMEM');
      expect(outcome.pieces).toBe(2);
      expect(spans(outcome.vmas)).toEqual(['2-4', '4-6', '8-10', '12-14']);
      expect(outcome.pages.slice(8, 10)).toEqual([1, 2]);
    },
  );

  test.each(releasesOf('6.17'))(
    'gives back the charge of the copy that failed only, not that of one before: %s',
    (_id, release) => {
      // The first is charged for its copy; the second is not accounted, so that nothing is given back.
      const vmas = play(release, map(0, 2, 'anon'), touch(0, 2), map(2, 4, 'fshared'));
      const call = moveKeeping(0, 4, 8);
      const second = Array.from({ length: 30 }, (_, i) =>
        callFailing(release, vmas, call, [i]),
      ).find(({ failures, pieces }) => pieces === 2 && failures[0]?.point.kernel === 'copy_vma');
      expect(second?.accounts.committed).toBe(2);
      expect(second && spans(second.vmas)).toEqual(['0-2', '2-4', '8-10']);
    },
  );
});

describe('mmap() over something', () => {
  const over = map(2, 4, 'fpriv');
  const setup = [map(0, 6, 'anon')];

  test.each(releasesBefore('v6.12'))(
    'leaves a hole where its charge or its VMA fails, up to 6.11: %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      for (const what of [
        'mmap-charge: security_vm_enough_memory_mm',
        'mmap-insert: vm_area_alloc',
      ]) {
        expect(ends(release, vmas, over, what), what).toEqual({
          result: 'ENOMEM',
          left: ['0-2', '4-6'],
          ...EXACT,
        });
      }
    },
  );

  test.each(releasesFrom('v6.12'))(
    'keeps the splits where its charge fails from 6.12 on: %s',
    (_id, release) => {
      // What is replaced is charged already: two pages of anon for two of the file. Half of it is not.
      const half = play(release, map(0, 6, 'anon', 'r'));
      const charge = 'mmap-charge: security_vm_enough_memory_mm';
      expect(ends(release, half, over, charge)).toEqual({
        result: 'ENOMEM',
        left: ['0-2', '2-4', '4-6'],
        ...EXACT,
      });
      const whole = play(release, ...setup);
      expect(() => callWithout(release, whole, over, charge)).toThrow('does not meet');
    },
  );

  test.each(releasesFrom('v6.12'))(
    'leaves a hole where its VMA fails, since the pages are gone by then: %s',
    (_id, release) => {
      const what = 'mmap-replace: vm_area_alloc';
      const shared = map(2, 4, 'fshared');
      expect(ends(release, play(release, ...setup), shared, what)).toEqual({
        result: 'ENOMEM',
        left: ['0-2', '4-6'],
        ...EXACT,
      });
    },
  );

  // __mmap_setup() takes what is charged already for its own, and gives back what it has added to that.
  test.each(releasesFrom('v6.12', 'v7.3'))(
    'keeps the charge of what it was to replace with such, up to 7.2: %s',
    (_id, release) => {
      const what = 'mmap-replace: vm_area_alloc';
      expect(ends(release, play(release, ...setup), over, what).drift).toBe(2);
      const half = play(release, map(0, 3, 'anon', 'r'), map(3, 6, 'anon'));
      expect(ends(release, half, over, what).drift).toBe(1);
    },
  );

  // map->charged is all of the mapping there.
  test.each(releasesFrom('v7.3'))('gives all of it back from 7.3 on: %s', (_id, release) => {
    const what = 'mmap-replace: vm_area_alloc';
    expect(ends(release, play(release, ...setup), over, what)).toMatchObject(EXACT);
  });

  test.each(releasesFrom('v6.12'))(
    'keeps both splits where what is there cannot be set aside: %s',
    (_id, release) => {
      const what = 'mmap-gather: mas_store_gfp';
      expect(ends(release, play(release, ...setup), over, what)).toEqual({
        result: 'ENOMEM',
        left: ['0-2', '2-4', '4-6'],
        ...EXACT,
      });
      expect(() => callWithout(release, [], over, what)).toThrow('does not meet');
    },
  );

  // Whatever do_munmap() says, mmap_region() returned ENOMEM; 6.12 returns what it is given.
  const veto = 'mmap-unmap-split-start: vm_ops->may_split';

  test.each(releasesFrom('v2.6.33', 'v6.12'))(
    'says ENOMEM of a veto up to 6.11: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 6, 'special'));
      expect(ends(release, vmas, over, veto).result).toBe('ENOMEM');
    },
  );

  test.each(releasesFrom('v6.12'))('says what the driver says from 6.12 on: %s', (_id, release) => {
    const vmas = play(release, map(0, 6, 'special'));
    expect(ends(release, vmas, over, veto).result).toBe('EINVAL');
  });
});

describe.each(everyRelease)('a call that changes a range on %s', (_id, release) => {
  test('without memory for the second split keeps the first', () => {
    const vmas = play(release, map(0, 6, 'shm'));
    const failing = callFailing(release, vmas, { call: 'mlock', addr: 2, len: 2 }, [1]);
    expect(resultName(failing)).toBe('ENOMEM');
    expect(spans(failing.vmas)).toEqual(['0-2', '2-6']);
    expect(failing.vmas.some(isLocked)).toBe(false);
  });
});

describe('the copy of a registered VMA that is undone', () => {
  test.each(releasesFrom('v5.1'))(
    'does not take the source from its userfaultfd: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 2, 'anon'), register(0, 2));
      const outcome = callWithout(release, vmas, move(0, 2, 8), 'move-page-tables: alloc_new_pmd');
      expect(spans(outcome.vmas)).toEqual(['0-2']);
      expect(outcome.vmas.every(isArmed)).toBe(true);
    },
  );
});

describe('a sealed VMA beside the copy', () => {
  test.each(releasesOf('6.10'))('is no hindrance to undoing: %s', (_id, release) => {
    const vmas = play(release, map(0, 2, 'anon'), map(4, 6, 'anon'), seal(4, 6));
    const outcome = callWithout(release, vmas, move(0, 2, 6), 'move-page-tables: alloc_new_pmd');
    expect(spans(outcome.vmas)).toEqual(['0-2', '4-6']);
    expect(outcome.vmas.map(kindName)).toEqual(['anon', 'anon']);
  });
});
