import { describe, expect, test } from 'vitest';
import { callsOf } from '../../src/checker/calls.js';
import { candidates } from '../../src/explore/candidates.js';
import type { Menu } from '../../src/explore/menu.js';
import type { Session } from '../../src/explore/session.js';
import { callParts } from '../../src/input/call-text.js';
import { callText } from '../../src/model/call-text.js';
import type { Call } from '../../src/model/calls.js';
import { typing } from './sessions.js';

const open = (pattern: string, pages: number): readonly Call[] =>
  candidates(callParts(pattern), pages);

const menuOf = ({ pane }: Session): Menu => {
  if (pane.shows !== 'menu') throw new Error(`${pane.shows} is shown`);
  return pane.menu;
};

describe('the calls that a pattern leaves open', () => {
  test('are those that an exhaustive search of the window makes', () => {
    const flags = [
      [],
      ['MAYMOVE'],
      ['MAYMOVE', 'FIXED'],
      ['MAYMOVE', 'DONTUNMAP'],
      ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
    ] as const;
    const searched = callsOf({
      pages: 4,
      classes: [],
      mremap: { flags, lengths: 'any', destinations: 'any' },
    });
    expect(open('mremap()', 4).map(callText).sort()).toEqual(searched.map(callText).sort());
  });

  test.each([
    ['mremap(1, 2, 3, FIXED|MAYMOVE, 0)', ['mremap(1, 2, 3, MAYMOVE|FIXED, 0)']],
    ['munmap(2)', ['munmap(2, 1)', 'munmap(2, 2)']],
    ['mprotect(*, 4, r)', ['mprotect(0, 4, r)']],
    ['mmap(3, *, fpriv r)', ['mmap(3, 1, fpriv r, offset 3)']],
  ])('%s are these', (pattern, wanted) => {
    expect(open(pattern, 4).map(callText)).toEqual(wanted);
  });

  test('are refused where there are none, or too many', () => {
    expect(() => open('munmap(4)', 4)).toThrow('found none with these arguments in a window of 4');
    expect(() => open('mremap()', 32)).toThrow('found more than 150000 of them');
  });
});

describe('a menu', () => {
  const AT_LIMIT = ['mmap(0, 4, anon rw)', 'limit 4'];

  test('says of each call what then comes of it', () => {
    const session = typing('v6.12', 4, ...AT_LIMIT, 'calls');
    const { groups } = menuOf(session);
    expect(groups.map(({ calls }) => calls.length).reduce((a, b) => a + b)).toBe(
      open('mremap()', 4).length,
    );
    for (const { outcome, calls } of groups) {
      const made = typing('v6.12', 4, ...AT_LIMIT, callText(calls[0] as Call));
      const played = made.now.take.played.at(-1);
      expect(outcome.startsWith('ok')).toBe((played?.outcome.result ?? -1) >= 0);
      if (!outcome.startsWith('ok')) expect(outcome).toContain(played?.outcome.step.name);
    }
  });

  test('opens a group by its number, and makes a call of it by its', () => {
    const groups = typing('v6.12', 4, ...AT_LIMIT, 'calls munmap');
    const opened = typing('v6.12', 4, ...AT_LIMIT, 'calls munmap', '1');
    expect(menuOf(opened).open).toEqual(menuOf(groups).groups[0]);
    const { now } = typing('v6.12', 4, ...AT_LIMIT, 'calls munmap', '1', '2');
    expect(now.script.calls).toEqual([menuOf(groups).groups[0]?.calls[1]]);
    expect(() => typing('v6.12', 4, ...AT_LIMIT, 'calls munmap', '9')).toThrow(
      'found 9, expected a number of the list, 1 to',
    );
  });

  test('finds what differs beside from here on, though the two have parted before', () => {
    const parted = ['mremap(0, 4, 2)', 'beside v6.12'];
    const menu = menuOf(typing('v7.1', 4, ...AT_LIMIT, ...parted, 'calls mremap(0, 4, 3) differs'));
    expect(menu.groups).toHaveLength(1);
    expect(menu.open?.outcome).toBe('-ENOMEM from early-count-check; differs on v6.12: ok');
    expect(menu.open?.calls.map(callText)).toContain('mremap(0, 4, 3, 0, 0)');
  });

  test('says which outcomes there are if none has the words', () => {
    expect(() => typing('v7.1', 4, ...AT_LIMIT, 'calls munmap EFAULT')).toThrow(
      'found no outcome with "EFAULT", expected one of: ok',
    );
  });
});
