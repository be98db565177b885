import { describe, expect, test } from 'vitest';
import type { FlagName } from '../../src/model/calls.js';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { spans } from '../support/page-map.js';
import {
  callWith,
  frames,
  lock,
  map,
  move,
  moveKeeping,
  play,
  protect,
  remap,
  resultName,
  unmap,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// A huge page is two pages here. hugetlb_vm_op_split() refuses to cut one; mremap() refused them
// altogether up to 5.15 and rounds up from then on (550a7d60bd5e).

const PLENTY = 20;
const FIXED: readonly FlagName[] = ['MAYMOVE', 'FIXED'];

describe.each(everyRelease)('mmap() of huge pages on %s', (_id, release) => {
  test('rounds the length up, and wants an aligned address', () => {
    expect(spans(callWith(release, [], map(2, 5, 'hugetlb'), PLENTY).vmas)).toEqual(['2-6']);
    expect(resultName(callWith(release, [], map(3, 5, 'hugetlb'), PLENTY))).toBe('EINVAL');
  });

  test('is ENOMEM where the last huge page would end beyond the task size', () => {
    const outcome = run(machine(release), env(9, 5), [], frames, map(4, 5, 'hugetlb'));
    expect(resultName(outcome)).toBe('ENOMEM');
  });

  test('is ENOMEM above the limit, whatever the address: the count comes first', () => {
    const vmas = play(release, map(0, 2, 'shm'));
    expect(resultName(callWith(release, vmas, map(3, 5, 'hugetlb'), -1))).toBe('ENOMEM');
  });
});

describe.each(everyRelease)('munmap() on %s', (_id, release) => {
  const vmas = play(release, map(0, 6, 'hugetlb'));

  test('takes whole huge pages out of the middle', () => {
    expect(spans(callWith(release, vmas, unmap(2, 4), 2).vmas)).toEqual(['0-2', '4-6']);
  });

  test('refuses to cut one at its start, and changes nothing', () => {
    const after = callWith(release, vmas, unmap(1, 4), PLENTY);
    expect(resultName(after)).toBe('EINVAL');
    expect(after.vmas).toEqual(vmas);
  });

  test('refuses to cut one at its end, and leaves the split at its start', () => {
    const after = callWith(release, vmas, unmap(2, 3), PLENTY);
    expect(resultName(after)).toBe('EINVAL');
    expect(spans(after.vmas)).toEqual(['0-2', '2-6']);
  });
});

describe('munmap() from inside one VMA into a huge page of the next, at the limit', () => {
  const setup = [map(0, 4, 'anon'), map(4, 8, 'hugetlb')];

  test.each(releasesFrom('v2.6.33'))(
    'is EINVAL and leaves one VMA more than the limit, from 2.6.33 on: %s',
    (_id, release) => {
      // It is strictly inside neither, so that nobody asks for a map slot (659ace584e7a).
      const after = callWith(release, play(release, ...setup), unmap(2, 5), 0);
      expect(resultName(after)).toBe('EINVAL');
      expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-8']);
      expect(after.mapCount).toBe(3);
    },
  );

  test.each(releasesBefore('v2.6.33'))(
    'is ENOMEM and changes nothing before, where each split asks: %s',
    (_id, release) => {
      const vmas = play(release, ...setup);
      const after = callWith(release, vmas, unmap(2, 5), 0);
      expect(resultName(after)).toBe('ENOMEM');
      expect(after.vmas).toEqual(vmas);
    },
  );

  test.each(releasesBefore('v2.6.33'))(
    'is EINVAL where it begins in a huge page: split_vma() looks at that before the count: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 4, 'hugetlb'));
      expect(resultName(callWith(release, vmas, unmap(1, 4), 0))).toBe('EINVAL');
    },
  );
});

describe('a shrinking mremap() into a huge page of another VMA', () => {
  // The tail is unmapped as by munmap(): one VMA more, and no map slot asked for but by 7.1.
  const setup = [map(0, 4, 'anon'), map(4, 8, 'hugetlb')];
  const call = remap(0, 5, 2);

  test.each(releasesFrom('v2.6.33', 'v7.1'))('exceeds the limit up to 7.0: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), call, 0);
    expect(resultName(after)).toBe('EINVAL');
    expect(spans(after.vmas)).toEqual(['0-2', '2-4', '4-8']);
  });

  test.each(releasesFrom('v7.1'))('asks for 4 map slots from 7.1 on: %s', (_id, release) => {
    const vmas = play(release, ...setup);
    const after = callWith(release, vmas, call, 3);
    expect(resultName(after)).toBe('ENOMEM');
    expect(after.vmas).toEqual(vmas);
    expect(resultName(callWith(release, vmas, call, 4))).toBe('EINVAL');
  });
});

describe('a destination that ends inside a huge page', () => {
  const setup = [map(0, 2, 'shm'), map(4, 8, 'anon'), map(8, 12, 'hugetlb')];

  test.each(everyRelease)('is EINVAL, with the VMA before it split: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), remap(0, 2, 3, FIXED, 6), PLENTY);
    expect(resultName(after)).toBe('EINVAL');
    expect(spans(after.vmas)).toEqual(['0-2', '4-6', '6-8', '8-12']);
  });

  test.each(releasesBefore('v6.12'))('of mmap() is ENOMEM up to 6.11: %s', (_id, release) => {
    // mmap_region() returned ENOMEM whatever do_munmap() said.
    const after = callWith(release, play(release, ...setup), map(6, 9, 'shm'), PLENTY);
    expect(resultName(after)).toBe('ENOMEM');
    expect(spans(after.vmas)).toEqual(['0-2', '4-6', '6-8', '8-12']);
  });

  test.each(releasesFrom('v6.12'))('of mmap() is EINVAL from 6.12 on: %s', (_id, release) => {
    const after = callWith(release, play(release, ...setup), map(6, 9, 'shm'), PLENTY);
    expect(resultName(after)).toBe('EINVAL');
    expect(spans(after.vmas)).toEqual(['0-2', '4-6', '6-8', '8-12']);
  });
});

describe('mremap() of huge pages up to 5.15', () => {
  test.each(releasesBefore('v5.16'))('is EINVAL, with the destination gone: %s', (_id, release) => {
    const vmas = play(release, map(0, 4, 'hugetlb'), map(8, 12, 'shm'));
    const after = callWith(release, vmas, move(0, 4, 8), PLENTY);
    expect(resultName(after)).toBe('EINVAL');
    expect(spans(after.vmas)).toEqual(['0-4']);
    expect(resultName(callWith(release, vmas, remap(0, 4, 6, ['MAYMOVE']), PLENTY))).toBe('EINVAL');
  });

  test.each(releasesBefore('v5.16'))(
    'that shrinks in place is munmap() and nothing else: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 4, 'hugetlb'));
      expect(spans(callWith(release, vmas, remap(0, 4, 2), PLENTY).vmas)).toEqual(['0-2']);
      expect(resultName(callWith(release, vmas, remap(0, 4, 3), PLENTY))).toBe('EINVAL');
    },
  );
});

describe.each(releasesFrom('v5.16'))('mremap() of huge pages on %s', (_id, release) => {
  const vmas = play(release, map(0, 4, 'hugetlb'));

  test('rounds the lengths up before it compares them', () => {
    // 3 pages to 4 are the same two huge pages; so are 4 to 3.
    for (const call of [remap(0, 3, 4), remap(0, 4, 3), remap(0, 3, 3)]) {
      const after = callWith(release, vmas, call, PLENTY);
      expect(after.result).toBe(0);
      expect(after.vmas).toEqual(vmas);
    }
    expect(spans(callWith(release, vmas, remap(0, 3, 1), PLENTY).vmas)).toEqual(['0-2']);
  });

  test('moves whole huge pages', () => {
    const after = callWith(release, vmas, remap(2, 1, 1, FIXED, 8), PLENTY);
    expect(after.result).toBe(8);
    expect(spans(after.vmas)).toEqual(['0-2', '8-10']);
    expect(after.pages.slice(8, 10)).toEqual([3, 4]);
  });

  test('never grows', () => {
    for (const flags of [[], ['MAYMOVE'], FIXED] as const) {
      const after = callWith(release, vmas, remap(0, 4, 5, flags, 8), PLENTY);
      expect(resultName(after)).toBe('EINVAL');
      expect(after.vmas).toEqual(vmas);
    }
  });

  test('is EINVAL out of line, and changes nothing', () => {
    for (const call of [remap(1, 2, 2, FIXED, 8), remap(0, 2, 2, FIXED, 9), remap(1, 1, 1)]) {
      const after = callWith(release, vmas, call, PLENTY);
      expect(resultName(after)).toBe('EINVAL');
      expect(after.vmas).toEqual(vmas);
    }
  });

  test('looks at the new address even where there is none', () => {
    expect(resultName(callWith(release, vmas, remap(0, 4, 2, [], 1), PLENTY))).toBe('EINVAL');
    expect(resultName(callWith(release, vmas, remap(0, 4, 2, [], 2), PLENTY))).toBe('ok');
  });

  test('is EFAULT where nothing is mapped, however far out of line', () => {
    expect(resultName(callWith(release, vmas, remap(5, 2, 2, [], 1), PLENTY))).toBe('EFAULT');
  });

  test('refuses DONTUNMAP: the mapping is VM_DONTEXPAND', () => {
    expect(resultName(callWith(release, vmas, moveKeeping(0, 4, 8), PLENTY))).toBe('EINVAL');
  });

  test('refuses a destination that ends beyond the task size when rounded up', () => {
    // In a window of 7 pages the last huge page ends at 6.
    const call = remap(0, 1, 1, FIXED, 6);
    const outcome = run(machine(release), env(50, 7), vmas, frames, call);
    expect(resultName(outcome)).toBe('EINVAL');
    expect(outcome.vmas).toEqual(vmas);
  });
});

describe('a source of huge pages near the limit', () => {
  const result = (release: (typeof everyRelease)[number][1], h: number): string =>
    resultName(callWith(release, play(release, map(0, 4, 'hugetlb')), move(1, 3, 8), h));

  test.each(releasesOf('5.16', '6.14'))(
    'out of line is EINVAL: huge pages come before the count: %s',
    (_id, release) => {
      expect(result(release, 0)).toBe('EINVAL');
    },
  );

  test.each(releasesFrom('v6.15'))(
    'out of line is ENOMEM: the count comes first: %s',
    (_id, release) => {
      expect(result(release, 0)).toBe('ENOMEM');
    },
  );
});

describe.each(releasesOf('6.17'))('a move of several VMAs on %s', (_id, release) => {
  test('goes on behind the whole of the last huge page', () => {
    const vmas = play(release, map(0, 4, 'hugetlb'), map(4, 6, 'shm'));
    const after = callWith(release, vmas, move(2, 5, 10), PLENTY);
    expect(after.result).toBe(10);
    expect(spans(after.vmas)).toEqual(['0-2', '5-6', '10-12', '12-13']);
  });
});

describe.each(everyRelease)('huge pages on %s', (_id, release) => {
  test('are never locked, without an error', () => {
    const vmas = play(release, map(0, 4, 'hugetlb'));
    const after = callWith(release, vmas, lock(0, 3), PLENTY);
    expect(after.result).toBe(0);
    expect(after.vmas).toEqual(vmas);
    expect(after.accounts.locked).toBe(0);
  });

  test('are cut by mprotect() between two of them only', () => {
    const vmas = play(release, map(0, 4, 'hugetlb'));
    const refused = callWith(release, vmas, protect(0, 1, 'r'), PLENTY);
    expect(resultName(refused)).toBe('EINVAL');
    expect(refused.step.errnos).toContain('EINVAL');
    expect(spans(callWith(release, vmas, protect(0, 2, 'r'), 1).vmas)).toEqual(['0-2', '2-4']);
  });
});
