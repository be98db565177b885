import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completions } from '../../src/explore/complete.js';
import { plain } from '../../src/explore/line.js';
import { printed, screen } from '../../src/explore/screen.js';
import { manyLines, tried, typing } from './sessions.js';

const texts = (session: Parameters<typeof screen>[0], width = 80, height = 24): string[] =>
  screen(session, undefined, { width, height }).map(({ text }) => text);

describe('the screen', () => {
  test('is never larger than the terminal, whatever was done', () => {
    const sizes = fc.record({
      width: fc.oneof(fc.constant(80), fc.integer({ min: 1, max: 140 })),
      height: fc.oneof(fc.constant(24), fc.integer({ min: 1, max: 60 })),
    });
    const windows = fc.constantFrom(4, 10, 32, 64);
    fc.assert(
      fc.property(windows, manyLines(10), sizes, fc.boolean(), (pages, lines, size, says) => {
        const session = lines.reduce(tried, typing('v6.17', Math.max(pages, 10)));
        const view = screen(session, says ? plain('words and words '.repeat(20)) : undefined, size);
        expect(view.length).toBeLessThanOrEqual(size.height);
        for (const { text } of view) {
          expect(text.length).toBeLessThanOrEqual(size.width);
          expect([...text].every((char) => char >= ' ' && char <= '~')).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  const PARTED = ['mmap(0, 4, anon rw)', 'limit 4', 'mremap(0, 4, 2)', 'release v6.12'];

  test('shows both ends of the last call, and the step at which they part', () => {
    const view = texts(typing('v7.1', 8, ...PARTED));
    expect(view[0]).toBe(
      'explore  v6.12 (6.12 to 6.14)  beside v7.1  map_count 1 of 4, 3 slots left',
    );
    expect(view).toContain('*  2 mremap(0, 4, 2, 0, 0) = 0   v7.1: -ENOMEM from early-count-check');
    expect(view).toContain('  after     |A A|. . . . . .    map_count 1 of 4');
    expect(view).toContain('  beside    |A A A A|. . . .    map_count 1 of 4');
    expect(view.find((line) => line.startsWith('> '))).toMatch(/^> unmap-tail-split-start +1 -> 2/);
  });

  test('says what a call is charged for where that is something else beside', () => {
    const move = ['mmap(0, 2, anon rw)', 'limit 9', 'mremap(0, 2, 2, MAYMOVE|FIXED, 4)'];
    const view = texts(typing('v6.1', 8, ...move, 'release v6.5.3'));
    expect(view).toContain('            v6.5.3: ok, commit charge +2');
    expect(view).toContain('            v6.1: ok, commit charge +0');
    expect(texts(typing('v6.1', 8, ...move, 'release v6.7')).join()).not.toContain('charge');
  });

  test('has room for a window of 32 pages in 80 columns', () => {
    const view = texts(typing('v7.1', 32, 'mmap(30, 2, anon rw)'));
    const strip = view.find((line) => line.startsWith('  after'));
    expect(strip).toMatch(/\|A A\|$/);
  });

  test('breaks what is to be said at the margin', () => {
    const text = `said ${'at length '.repeat(12)}end`;
    const size = { width: 80, height: 24 };
    const view = screen(typing('v7.1', 8), plain(text), size).map((line) => line.text);
    expect(view).toHaveLength(24);
    expect(view.slice(-2).join(' ')).toBe(text);
  });

  test('goes on in what is longer than there is room for', () => {
    const help = typing('v7.1', 8);
    const [first, second] = [texts(help), texts(tried(help, '+'))];
    expect(first.at(-1)).toMatch(/^-- 1 to \d+ of \d+, \+ and - for more$/);
    expect(second.at(-1)).toMatch(/^-- 7 to \d+ of/);
    expect(texts(tried(tried(help, '+'), '-'))).toEqual(first);
    const end = Array.from({ length: 20 }).reduce<typeof help>((s) => tried(s, '+'), help);
    expect(texts(end)).toContain(printed(help).at(-2)?.text);
  });
});

test('TAB continues calls, commands, releases and arguments', () => {
  expect(completions('mre')).toEqual([['mremap('], 'mre']);
  expect(completions('rel')).toEqual([['release'], 'rel']);
  expect(completions('release v7.')[0]).toEqual(['v7.1', 'v7.2', 'v7.3', 'v7.2.6', 'v7.2.9']);
  expect(completions('mremap(0, 1, 1, MAYMOVE|FI')).toEqual([['FIXED'], 'FI']);
  expect(completions('mmap(0, 2, fp')).toEqual([['fpriv'], 'fp']);
  expect(completions('touch(0, 1); mun')[0]).toEqual(['munmap(', 'munlock(']);
  expect(completions('save fi')).toEqual([[], 'fi']);
});
