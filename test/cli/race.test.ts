import { describe, expect, test } from 'vitest';
import { specText } from '../support/specs.js';
import { cli, fileWith } from './run-cli.js';

type Threads = readonly unknown[];

const MOVE = {
  calls: [
    { call: 'mremap', addr: 0, oldLen: 1, newLen: 1, flags: ['MAYMOVE', 'FIXED'], newAddr: 2 },
  ],
};
const UNMAP = { calls: [{ call: 'munmap', addr: 1, len: 1 }] };

/** A race that 6.15 loses at a limit of 8, and 7.1 does not. */
const race = (threads: Threads = [MOVE, UNMAP], limits: readonly number[] = [8, 8]): string =>
  fileWith(
    'race.json',
    specText((s) => {
      s.checks = [
        {
          check: 'race',
          title: 'Two threads',
          bounds: { pages: 3, classes: ['anon rw'], vmas: 1, limits, threads },
          expect: [
            {
              invariant: 'race-as-sequential',
              releases: ['v6.15'],
              verdict: 'violated',
              because: 'The early check sees the peak.',
            },
            {
              invariant: 'race-as-sequential',
              releases: ['v7.1'],
              verdict: 'holds',
              because: 'It waits for the lock.',
            },
          ],
        },
      ];
    }),
  );

const DRAWN = `
  race-as-sequential broken on v6.15
  why       no order of the threads, one after the other, gives these
            results and this end
  set-up    mmap(0, 3, anon rw)
            (1 call from an empty window, then max_map_count = 8)
  threads   A mremap(0, 1, 1, MAYMOVE|FIXED, 2) = -ENOMEM
            B munmap(1, 1) = 0

  pages      0 1 2
  before    |A A A|   map_count 1 of 8
  after     |A|.|A|   map_count 2 of 8
  changed    ^ ^ ^
            A anon rw, . free

  order     thread, step              map_count
   1 B munmap-count-check            1 of 8
   2 B munmap-split-start            1 -> 2 of 8  |A|A A|
   3 B munmap-split-end              2 -> 3 of 8  |A|A|A|
   4 A early-count-check             3 of 8       = -ENOMEM
   5 B munmap-remove                 3 -> 2 of 8  |A|.|A|
   6 B munmap-done                   2 of 8       = 0
`;

describe('a race check', () => {
  test('draws the interleaving: thread, step, map_count and limit, what changed', async () => {
    const { code, stdout } = await cli(['verify', race()]);
    expect(code).toBe(0);
    expect(stdout).toContain(DRAWN);
    expect(stdout).toContain('one that makes munmap(1, 1)');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('prints the same bytes for any number of workers', async () => {
    const file = race();
    for (const flags of [[], ['--json']]) {
      const outputs = await Promise.all(
        ['0', '2'].map((n) => cli(['verify', file, '--workers', n, ...flags])),
      );
      expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    }
  });

  test('gives programs the threads and the interleaving', async () => {
    const { stdout } = await cli(['verify', '--json', race([MOVE, UNMAP, { reader: true }])]);
    const [check] = JSON.parse(stdout).specs[0].checks;
    expect(check).toMatchObject({ check: 'race', searches: [{ races: 7 }, { races: 7 }] });
    const { threads, interleaving } = check.verdicts[0].counterexample;
    expect(threads).toEqual([
      { does: 'call', call: MOVE.calls[0], result: '-ENOMEM' },
      { does: 'call', call: UNMAP.calls[0], result: '0' },
      { does: 'read', seen: expect.any(Number) },
    ]);
    expect(interleaving).toContainEqual(
      expect.objectContaining({
        thread: 0,
        step: 'early-count-check',
        kernel: 'check_mremap_params',
        mapCountBefore: 3,
        mapCountAfter: 3,
        maxMapCount: 8,
        vmasChanged: false,
        after: null,
        locked: false,
        result: '-ENOMEM',
      }),
    );
  });
});

describe('bad race checks', () => {
  test.each<[string, Threads, string]>([
    ['no threads', [], '.threads: found [], expected at least one entry, each a thread'],
    [
      'a thread that does nothing known',
      [{ writer: true }],
      '.threads[0]: found {"writer":true}, expected a thread, an object with calls, with "sysctl": "lower", or with "reader": true',
    ],
    [
      'no thread that makes a call',
      [{ reader: true }],
      '.threads: found none that makes a call, expected at least one with calls',
    ],
    [
      'an unknown call',
      [{ calls: ['mremapp'] }],
      '.threads[0].calls[0]: found "mremapp", expected a call, one of mremap, mmap',
    ],
    [
      'a call with a field missing',
      [{ calls: [{ call: 'munmap', addr: 1 }] }],
      '.threads[0].calls[0].len: found nothing, expected a length in pages',
    ],
    [
      'a call beyond the window',
      [{ calls: [{ call: 'munmap', addr: 2, len: 2 }] }],
      '.threads[0].calls[0]: found addr 2 and len 2, up to page 3, expected pages of the window, 0 to 2',
    ],
    [
      'a limit that is raised',
      [MOVE, { sysctl: 'raise' }],
      '.threads[1].sysctl: found "raise", expected "lower"',
    ],
    ['a misspelt bound of mremap()', [{ calls: ['mremap'], flag: [] }], '.threads[0]: found'],
  ])('%s', async (_, threads, message) => {
    const { code, stdout, stderr } = await cli(['verify', race(threads)]);
    expect(stderr).toContain(`.checks[0].bounds${message}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
