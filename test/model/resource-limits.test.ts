import { describe, expect, test } from 'vitest';
import { refusedForMapSlots } from '../../src/invariants/untouched.js';
import type { FlagName } from '../../src/model/calls.js';
import { protName } from '../../src/model/vma.js';
import { spans } from '../support/page-map.js';
import {
  callLimited,
  lock,
  map,
  moveKeeping,
  play,
  protect,
  remap,
  resultName,
  touch,
  unlock,
} from '../support/play.js';
import { everyRelease, releasesBefore, releasesFrom, releasesOf } from '../support/releases.js';

// RLIMIT_AS, RLIMIT_MEMLOCK and the commit limit: what refuses, with which errno, and what is gone by
// then. Four pages are mapped, charged and written at 0, three of a shared object at the destination.

const FIXED: readonly FlagName[] = ['MAYMOVE', 'FIXED'];
const SETUP = [map(0, 4, 'anon'), touch(0, 4), map(8, 11, 'shm')];
const grow = remap(0, 4, 6, FIXED, 8);
const GONE = ['0-4'];
const WHOLE = ['0-4', '8-11'];

describe('a growing move beyond RLIMIT_AS', () => {
  // Without the three pages of the destination 4 are left; the call asks for 2 more than it has.
  test.each(releasesBefore('v6.17-rc1'))(
    'is ENOMEM once the destination is gone, up to 6.16, and counts what is left: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const refused = callLimited(release, vmas, grow, { rlimitAs: 5 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', GONE]);
      expect(callLimited(release, vmas, grow, { rlimitAs: 6 }).result).toBe(8);
    },
  );

  test.each(releasesFrom('v6.17-rc1'))(
    'is ENOMEM before anything is unmapped from 6.17 on, and counts the destination: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const refused = callLimited(release, vmas, grow, { rlimitAs: 8 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', WHOLE]);
      expect(callLimited(release, vmas, grow, { rlimitAs: 9 }).result).toBe(8);
    },
  );
});

describe.each(everyRelease)('RLIMIT_AS on %s', (_id, release) => {
  const vmas = play(release, ...SETUP);

  test('bounds a growth in place', () => {
    const call = remap(0, 4, 6);
    expect(resultName(callLimited(release, vmas, call, { rlimitAs: 8 }))).toBe('ENOMEM');
    expect(resultName(callLimited(release, vmas, call, { rlimitAs: 9 }))).toBe('ok');
  });

  test('does not bound a plain move, a shrinking one, or nothing', () => {
    for (const call of [remap(0, 4, 4, FIXED, 12), remap(0, 4, 2), remap(0, 4, 4)]) {
      expect(resultName(callLimited(release, vmas, call, { rlimitAs: 7 }))).toBe('ok');
    }
  });

  test('bounds mmap(), which does not count twice what it replaces', () => {
    expect(resultName(callLimited(release, vmas, map(4, 6, 'shm'), { rlimitAs: 8 }))).toBe(
      'ENOMEM',
    );
    expect(resultName(callLimited(release, vmas, map(4, 6, 'shm'), { rlimitAs: 9 }))).toBe('ok');
    expect(resultName(callLimited(release, vmas, map(9, 12, 'shm'), { rlimitAs: 8 }))).toBe('ok');
    expect(resultName(callLimited(release, vmas, map(9, 12, 'shm'), { rlimitAs: 7 }))).toBe(
      'ENOMEM',
    );
  });
});

describe('mmap() beyond RLIMIT_AS over something', () => {
  const over = map(9, 15, 'shm');
  const left = (release: (typeof everyRelease)[number][1]): string[] => {
    const vmas = play(release, ...SETUP);
    const after = callLimited(release, vmas, over, { rlimitAs: 8 });
    expect(resultName(after)).toBe('ENOMEM');
    return spans(after.vmas);
  };

  test.each(releasesBefore('v2.6.33'))(
    'leaves a hole where it looks behind the munmap(), up to 3.9 (e8420a8ece80): %s',
    (_id, release) => {
      expect(left(release)).toEqual(['0-4', '8-9']);
    },
  );

  test.each(releasesFrom('v2.6.33', 'v6.12'))(
    'changes nothing where it looks first, up to 6.11: %s',
    (_id, release) => {
      expect(left(release)).toEqual(WHOLE);
    },
  );

  test.each(releasesFrom('v6.12'))(
    'keeps the splits of the munmap() that it has gathered from 6.12 on: %s',
    (_id, release) => {
      expect(left(release)).toEqual(['0-4', '8-9', '9-11']);
    },
  );
});

describe('DONTUNMAP beyond RLIMIT_AS', () => {
  const call = moveKeeping(0, 3, 8);

  test.each(releasesFrom('v5.7'))(
    'is ENOMEM with the destination gone, in every release: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const refused = callLimited(release, vmas, call, { rlimitAs: 6 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', GONE]);
      expect(callLimited(release, vmas, call, { rlimitAs: 7 }).result).toBe(8);
    },
  );
});

describe('a locked VMA', () => {
  const locked = [...SETUP, lock(0, 4)];

  test.each(releasesBefore('v6.17-rc1'))(
    'that would grow beyond RLIMIT_MEMLOCK is EAGAIN, with the destination gone up to 6.16: %s',
    (_id, release) => {
      const vmas = play(release, ...locked);
      const refused = callLimited(release, vmas, grow, { rlimitMemlock: 5 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['EAGAIN', GONE]);
      expect(callLimited(release, vmas, grow, { rlimitMemlock: 6 }).result).toBe(8);
    },
  );

  test.each(releasesFrom('v6.17-rc1'))(
    'that would grow beyond RLIMIT_MEMLOCK is EAGAIN before anything is unmapped from 6.17 on: %s',
    (_id, release) => {
      const vmas = play(release, ...locked);
      const refused = callLimited(release, vmas, grow, { rlimitMemlock: 5 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['EAGAIN', WHOLE]);
    },
  );

  test.each(everyRelease)('is EAGAIN before it is ENOMEM: %s', (_id, release) => {
    const vmas = play(release, ...locked);
    const both = { rlimitMemlock: 4, rlimitAs: 4, commitLimit: 4 };
    expect(resultName(callLimited(release, vmas, remap(0, 4, 6), both))).toBe('EAGAIN');
    expect(resultName(callLimited(release, play(release, ...SETUP), remap(0, 4, 6), both))).toBe(
      'ENOMEM',
    );
  });

  test.each(releasesBefore('v2.6.33'))(
    'is asked for with a move that does not grow, too, in 2.6.12: %s',
    (_id, release) => {
      // Only a limit that was lowered can be in the way.
      const vmas = play(release, ...locked);
      const move = remap(0, 4, 4, FIXED, 8);
      const after = callLimited(release, vmas, move, { rlimitMemlock: 3 });
      expect([resultName(after), spans(after.vmas)]).toEqual(['EAGAIN', GONE]);
    },
  );

  test.each(releasesFrom('v2.6.33'))(
    'is not asked for by a move from 4.3 on: %s',
    (_id, release) => {
      const vmas = play(release, ...locked);
      const move = remap(0, 4, 4, FIXED, 8);
      expect(resultName(callLimited(release, vmas, move, { rlimitMemlock: 3, rlimitAs: 4 }))).toBe(
        'ok',
      );
    },
  );
});

describe.each(everyRelease)('mlock() on %s', (_id, release) => {
  test('is ENOMEM beyond RLIMIT_MEMLOCK, and changes nothing', () => {
    const vmas = play(release, ...SETUP, lock(0, 2));
    const refused = callLimited(release, vmas, lock(0, 4), { rlimitMemlock: 3 });
    expect(resultName(refused)).toBe('ENOMEM');
    expect(refused.vmas).toEqual(vmas);
    // What is locked already does not count twice.
    expect(resultName(callLimited(release, vmas, lock(0, 4), { rlimitMemlock: 4 }))).toBe('ok');
    expect(resultName(callLimited(release, vmas, unlock(0, 4), { rlimitMemlock: 0 }))).toBe('ok');
  });

  test('is EPERM where nothing may be locked, whatever the range', () => {
    const vmas = play(release, ...SETUP);
    for (const range of [lock(0, 2), lock(2, 6), lock(4, 6)]) {
      expect(resultName(callLimited(release, vmas, range, { rlimitMemlock: 0 }))).toBe('EPERM');
    }
  });
});

describe('the commit limit', () => {
  const left = (release: (typeof everyRelease)[number][1], commitLimit: number) => {
    const after = callLimited(release, play(release, ...SETUP), grow, { commitLimit });
    return [resultName(after), spans(after.vmas)];
  };

  test.each(everyRelease)(
    'refuses a growing move with ENOMEM when the destination is gone, in every release: %s',
    (_id, release) => {
      expect(left(release, 5)).toEqual(['ENOMEM', GONE]);
      expect(left(release, 6)).toEqual(['ok', ['8-14']]);
    },
  );

  test.each(everyRelease)('refuses a growth in place: %s', (_id, release) => {
    const vmas = play(release, ...SETUP);
    const call = remap(0, 4, 6);
    expect(resultName(callLimited(release, vmas, call, { commitLimit: 5 }))).toBe('ENOMEM');
    expect(resultName(callLimited(release, vmas, call, { commitLimit: 6 }))).toBe('ok');
  });

  test.each(everyRelease)(
    'refuses an mprotect() that makes more writable, which is no want of map slots: %s',
    (_id, release) => {
      // Each of the two could be charged for alone.
      const vmas = play(release, map(0, 2, 'anon', 'r'), map(4, 6, 'anon', 'r'));
      const call = protect(0, 2, 'rw');
      expect(resultName(callLimited(release, vmas, call, { commitLimit: 2 }))).toBe('ok');
      const refused = callLimited(release, vmas, call, { commitLimit: 1 });
      expect([resultName(refused), refused.step.name]).toEqual(['ENOMEM', 'mprotect-charge']);
      expect(refusedForMapSlots(refused)).toBe(false);
    },
  );

  test.each(everyRelease)('leaves what an mprotect() has changed before it: %s', (_id, release) => {
    const vmas = play(
      release,
      map(0, 2, 'anon', 'r'),
      map(2, 4, 'fpriv', 'r'),
      protect(3, 4, 'rw'),
    );
    const refused = callLimited(release, vmas, protect(0, 3, 'rw'), { commitLimit: 3 });
    expect(resultName(refused)).toBe('ENOMEM');
    expect(refused.vmas.map(protName)).toEqual(['rw', 'r', 'rw']);
  });

  test.each(everyRelease)('does not count what is shared: %s', (_id, release) => {
    const vmas = play(release, map(0, 4, 'shm'));
    expect(resultName(callLimited(release, vmas, remap(0, 4, 6), { commitLimit: 0 }))).toBe('ok');
    expect(resultName(callLimited(release, [], map(0, 4, 'shm'), { commitLimit: 0 }))).toBe('ok');
  });

  test.each(releasesOf('5.7', '5.10'))(
    'does not bound DONTUNMAP up to 5.10: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      expect(callLimited(release, vmas, moveKeeping(0, 4, 8), { commitLimit: 4 }).result).toBe(8);
    },
  );

  test.each(releasesOf('5.11'))(
    'refuses DONTUNMAP from 5.11 on, with the destination gone: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const refused = callLimited(release, vmas, moveKeeping(0, 4, 8), { commitLimit: 7 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', GONE]);
      expect(callLimited(release, vmas, moveKeeping(0, 4, 8), { commitLimit: 8 }).result).toBe(8);
    },
  );

  test.each(releasesOf('6.15', '7.2'))(
    'refuses a FIXED call that shrinks, for pages that it has unmapped, from 6.15 to 7.2: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const call = remap(0, 4, 1, FIXED, 8);
      // One page is charged by then, and three are asked for.
      const refused = callLimited(release, vmas, call, { commitLimit: 3 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', ['0-1', '9-11']]);
      expect(callLimited(release, vmas, call, { commitLimit: 4 }).result).toBe(8);
    },
  );

  test.each([...releasesBefore('v6.15'), ...releasesFrom('v7.3')])(
    'does not bound a FIXED call that shrinks before and after: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const call = remap(0, 4, 1, FIXED, 8);
      expect(callLimited(release, vmas, call, { commitLimit: 3 }).result).toBe(8);
    },
  );

  // security_vm_enough_memory_mm() is asked for no pages too, and has more to say than yes then. Seen on
  // 6.12.117 and 7.3.4: an accounted source above the limit does not move, and what came before is done.
  test.each(releasesFrom('v5.16'))(
    'refuses a move that charges nothing where it is exceeded already, from 5.16 on: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      const plain = remap(0, 3, 3, FIXED, 8);
      const refused = callLimited(release, vmas, plain, { commitLimit: 3 });
      expect([resultName(refused), spans(refused.vmas)]).toEqual(['ENOMEM', GONE]);
      expect(callLimited(release, vmas, plain, { commitLimit: 4 }).result).toBe(8);
      const shared = callLimited(release, vmas, remap(8, 3, 3, FIXED, 12), { commitLimit: 3 });
      expect(shared.result).toBe(12);
    },
  );

  test.each(releasesBefore('v5.16'))(
    'is not asked for a move that charges nothing before: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      expect(callLimited(release, vmas, remap(0, 3, 3, FIXED, 8), { commitLimit: 0 }).result).toBe(
        8,
      );
    },
  );

  test.each(everyRelease)(
    'bounds mprotect() that makes private memory writable: %s',
    (_id, release) => {
      const vmas = play(release, map(0, 4, 'anon', 'r'));
      const call = protect(0, 2, 'rw');
      expect(resultName(callLimited(release, vmas, call, { commitLimit: 1 }))).toBe('ENOMEM');
      expect(resultName(callLimited(release, vmas, call, { commitLimit: 2 }))).toBe('ok');
    },
  );
});

describe('mmap() beyond the commit limit over something', () => {
  test.each(releasesBefore('v6.12'))('leaves a hole up to 6.11: %s', (_id, release) => {
    const vmas = play(release, ...SETUP);
    const after = callLimited(release, vmas, map(2, 6, 'fpriv'), { commitLimit: 5 });
    expect([resultName(after), spans(after.vmas)]).toEqual(['ENOMEM', ['0-2', '8-11']]);
    expect(callLimited(release, vmas, map(2, 6, 'fpriv'), { commitLimit: 6 }).result).toBe(2);
  });

  test.each(releasesFrom('v6.12'))('keeps the splits from 6.12 on: %s', (_id, release) => {
    const vmas = play(release, ...SETUP);
    const after = callLimited(release, vmas, map(2, 6, 'fpriv'), { commitLimit: 5 });
    expect([resultName(after), spans(after.vmas)]).toEqual(['ENOMEM', ['0-2', '2-4', '8-11']]);
    expect(callLimited(release, vmas, map(2, 6, 'fpriv'), { commitLimit: 6 }).result).toBe(2);
  });

  // Nobody asks for no pages there.
  test.each(releasesFrom('v6.12'))(
    'is not refused where all of it is charged already, from 6.12 on: %s',
    (_id, release) => {
      const vmas = play(release, ...SETUP);
      expect(callLimited(release, vmas, map(1, 3, 'fpriv'), { commitLimit: 0 }).result).toBe(1);
    },
  );
});
