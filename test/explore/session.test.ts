import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replay } from '../../src/conformance/replay.js';
import { layoutEntry } from '../../src/conformance/running.js';
import { besideName, differsAt } from '../../src/explore/moment.js';
import { savedScenario } from '../../src/explore/saved.js';
import { obey, type Session, startFrom } from '../../src/explore/session.js';
import { BadInput } from '../../src/input/bad-input.js';
import { errnoName } from '../../src/model/errno.js';
import { startOf } from '../../src/model/vma.js';
import { asked, changes, manyLines, tried, typing } from './sessions.js';

const PAGES = 10;
const typed = fc.array(changes(PAGES), { maxLength: 10 });

/** What a session is in, without what was taken back. */
const standing = ({ past, now }: Session) => ({ past, now });

/** What became of each call. */
const ends = ({ now }: Session) =>
  now.take.played.map(({ outcome, limit }) => ({
    result: outcome.result,
    vmas: outcome.vmas,
    limit,
  }));

describe('a session', () => {
  test('is as it was when what was done is taken back, and again when that is done again', () => {
    let undone = 0;
    fc.assert(
      fc.property(typed, changes(PAGES), (lines, last) => {
        const before = lines.reduce(tried, typing('v6.12', PAGES));
        const done = tried(before, last);
        if (done === before) return;
        undone++;
        const back = obey(done, asked('undo'));
        expect(standing(back)).toEqual(standing(before));
        expect(standing(obey(back, asked('redo')))).toEqual(standing(done));
      }),
    );
    expect(undone).toBeGreaterThan(20);
  });

  test('plays the same on the same release, whatever was played in between', () => {
    fc.assert(
      fc.property(typed, (lines) => {
        const session = lines.reduce(tried, typing('v7.1', PAGES));
        const { id } = session.now.under.on.release;
        const away = tried(session, `release ${id === 'v5.1' ? 'v5.7' : 'v5.1'}`);
        expect(ends(tried(away, `release ${id}`))).toEqual(ends(session));
      }),
    );
  });

  test('is saved as a scenario that replays to the same, and that a session can begin with', () => {
    const plain = fc.array(changes(PAGES, 'plain'), { maxLength: 10 });
    let saved = 0;
    let calls = 0;
    fc.assert(
      fc.property(plain, (lines) => {
        const session = lines.reduce(tried, typing('v7.3', PAGES));
        const { now } = session;
        let scenario: ReturnType<typeof savedScenario>;
        try {
          scenario = savedScenario(now, 'it');
        } catch (error) {
          // A set-up that writes where it cannot has no outcome on any kernel.
          expect(error).toBeInstanceOf(BadInput);
          expect((error as BadInput).message).toContain('its set-up writes to pages');
          return;
        }
        saved++;
        const { steps } = replay(now.under.on, scenario);
        calls += steps.length;
        const played = now.take.played.slice(-steps.length || now.take.played.length);
        steps.forEach(({ result, layout }, i) => {
          const { outcome } = played[i] as (typeof played)[number];
          const inWindow = outcome.vmas.filter((vma) => startOf(vma) < PAGES);
          expect(layout).toEqual(inWindow.map(layoutEntry));
          const page = outcome.result < PAGES ? outcome.result : 'outside';
          expect(result).toEqual(
            outcome.result < 0 ? { errno: errnoName(-outcome.result) } : { ok: page },
          );
        });
        const again = startFrom(scenario, now.under.on, undefined);
        expect(again.now.take.vmas).toEqual(now.take.vmas);
        expect(savedScenario(again.now, 'it')).toEqual(scenario);
      }),
    );
    expect(saved).toBeGreaterThan(50);
    expect(calls).toBeGreaterThan(50);
  });

  test('never breaks by what is typed', () => {
    fc.assert(
      fc.property(manyLines(PAGES), (lines) => {
        const session = lines.reduce(tried, typing('v6.17', PAGES));
        expect(session.now.take.played).toHaveLength(
          session.now.script.setup.length + session.now.script.calls.length,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('a switch', () => {
  // The early check: one slot short of what 7.1 asks of every call, and no check of a shrink before that.
  const shrink = ['mmap(0, 4, anon rw)', 'limit 4', 'mremap(0, 4, 2)'];

  test('of the release marks the calls that went another way before', () => {
    const session = typing('v7.1', 8, ...shrink, 'release v6.12');
    expect(besideName(session.now)).toBe('v7.1');
    expect([0, 1].map((i) => differsAt(session.now, i))).toEqual([false, true]);
    expect(session.now.take.played.map(({ outcome }) => outcome.result)).toEqual([0, 0]);
    expect(session.now.beside?.take.played.at(-1)?.outcome.step.name).toBe('early-count-check');
  });

  test('of the limit plays the calls behind the set-up again', () => {
    const session = typing('v7.1', 8, ...shrink, 'limit 5');
    expect(besideName(session.now)).toBe('limit 4');
    expect(session.now.take.played.map(({ outcome }) => outcome.result)).toEqual([0, 0]);
    expect(differsAt(session.now, 1)).toBe(true);
  });

  test('leaves what was asked for beside', () => {
    const session = typing('v7.1', 8, ...shrink, 'beside v5.1', 'release v6.12', 'limit 9');
    expect(besideName(session.now)).toBe('v5.1');
    expect(session.now.beside?.take.limit).toBe(9);
  });

  test('to no limit makes everything the set-up', () => {
    const { script, take } = typing('v7.1', 8, ...shrink, 'limit off').now;
    expect([script.setup.length, script.calls.length, take.limit]).toEqual([2, 0, undefined]);
  });

  test('marks no later call that goes alike from address spaces that have parted', () => {
    const { now } = typing('v7.1', 8, ...shrink, 'munmap(7, 1)', 'release v6.12');
    expect([0, 1, 2].map((i) => differsAt(now, i))).toEqual([false, true, false]);
  });
});

describe('what cannot be done', () => {
  test.each([
    ['undo', 'undo: found nothing to take back'],
    ['y', 'redo: found nothing that was taken back'],
    ['3', 'found 3, expected a command; a number chooses from what calls lists'],
    ['munmap(7, 2)', 'munmap(7, 2): found page 8, expected pages of the window, 0 to 7'],
    ['release v7.1', 'release: found v7.1, expected another than the present one'],
  ])('%s is refused with the reason', (line, message) => {
    expect(() => typing('v7.1', 8, line)).toThrow(message);
  });

  test('is a limit below what the set-up leaves', () => {
    expect(() => typing('v7.1', 8, 'mmap(0, 1, anon rw)', 'limit 0')).toThrow(
      'limit: found 0, expected at least 1, the VMAs that the set-up leaves',
    );
  });

  test('is to save what a scenario has no words for', () => {
    const { now } = typing('v7.1', 8, 'mmap(0, 2, hugetlb rw)');
    expect(() => savedScenario(now, 'x')).toThrow(
      'save: as a scenario: .calls[0].kind: found "hugetlb", expected a kind, one of anon',
    );
  });
});
