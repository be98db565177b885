import { describe, expect, test } from 'vitest';
import { cli, fileWith } from './run-cli.js';

const SMALL = ['headroom', '--release', 'v7.1', '--pages', '4'];
const MOVE = ['synthesize', '--release', 'v7.0', '--pages', '4'];

/** Lines that a mail would break, or that are no plain ASCII. */
const unfit = (text: string): string[] =>
  text.split('\n').filter((line) => line.length > 72 || /[^ -~]/.test(line));

describe('mremap-check headroom', () => {
  test('prints a line a shape: what it needs, what it is asked for, and since when', async () => {
    const { code, stdout, stderr } = await cli(SMALL);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ends +peak +needs +asks +slack +since/);
    expect(stdout).toMatch(/^no-op +\+0 +\+0 +0 +4 +4 +3$/m);
    expect(stdout).toMatch(/^munmap, middle of a VMA +\+1 +\+2 +1 +1 +0 +3$/m);
    expect(stdout).toMatch(/^mmap of free pages +\+1 +\+1 +1 +0 +-1 +3$/m);
    expect(stdout).not.toContain('set-up');
    expect(stderr).toContain('headroom v7.1, 3 pages done');
  });

  test('draws the calls if asked, and fits a mail', async () => {
    const { stdout } = await cli([...SMALL, '--verbose', '--format', 'mail', '--quiet'], {
      env: { FORCE_COLOR: '1' },
    });
    expect(stdout).toContain('gets through from headroom 4 on, and not with 3');
    expect(stdout).toContain('returns -ENOMEM');
    expect(unfit(stdout)).toEqual([]);
  });

  test('prints the same bytes for any number of workers, with a witness of each figure', async () => {
    const outputs = await Promise.all(
      ['0', '2'].map((n) => cli([...SMALL, '--json', '--workers', n])),
    );
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    const report = JSON.parse(outputs[0]?.stdout ?? '');
    expect(report).toMatchObject({ version: 1, release: 'v7.1', windows: [3, 4], complete: true });
    const middle = report.shapes.find(
      ({ shape }: { shape: string }) => shape === 'shrink in place, middle of a VMA',
    );
    expect(middle).toMatchObject({
      ends: { value: 1, witness: { mapCount: { before: 1, after: 2, peak: 3 } } },
      asks: { value: 4, witness: { result: '-ENOMEM' } },
      needs: 1,
      slack: 3,
      since: 3,
    });
  });

  test('reports the windows that are done when it is interrupted, and exits with 3', async () => {
    const { code, stdout, stderr } = await cli(['headroom', '--pages', '9'], { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(stderr).toContain('interrupted');
    expect(stdout).toContain('interrupted: only windows that were searched to the end count');
  });

  test.each([
    [['--release', 'v9.9'], '--release: found "v9.9"'],
    [['--pages', '2'], 'Expected a whole number from 3'],
    [['--format', 'html'], 'Allowed choices are text, mail'],
  ])('refuses %j with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await cli(['headroom', ...flags]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});

describe('mremap-check synthesize', () => {
  test('says of each kind of condition what it asks for and that it keeps the promises', async () => {
    const { code, stdout } = await cli([...MOVE, '--format', 'mail', '--quiet']);
    expect(code).toBe(0);
    expect(stdout).toContain('keeps     limit-held, pages-preserved, success-effect');
    expect(stdout.match(/searched: keeps every promise/g)).toHaveLength(3);
    // Four pages have no place for a source in the middle of its VMA and a longer copy.
    expect(stdout).toMatch(/^ {2}any call +1$/m);
    expect(stdout).toMatch(/^ {2}FIXED move +none$/m);
    expect(stdout).toContain('any call: with 0 instead of 1,');
    expect(unfit(stdout)).toEqual([]);
  });

  test('finds by itself that the move check needs 2 and not 4', async () => {
    const { code, stdout } = await cli([...MOVE.slice(0, 4), '5', '--json', '--quiet']);
    expect(code).toBe(0);
    const { stages, asItIs } = JSON.parse(stdout);
    expect(asItIs.does).toBe('refuses if fewer than 4 map slots are left');
    expect(stages[0]).toMatchObject({
      by: 'constant',
      proved: true,
      cases: [{ case: 'any call', need: 2, oneLess: { invariant: 'success-effect' } }],
    });
  }, 120_000);

  test('prints the same bytes for any number of workers', async () => {
    const early = ['synthesize', '--release', 'v7.1', '--check', 'early', '--pages', '3', '--json'];
    const outputs = await Promise.all(['0', '2'].map((n) => cli([...early, '--workers', n])));
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(outputs[0]?.code).toBe(0);
  });

  test('goes by the arguments alone where the check comes before the lock', async () => {
    const { stdout } = await cli([...MOVE.slice(0, 4), '3', '--check', 'early', '--quiet']);
    expect(stdout).toContain('The check comes before the lock');
    expect(stdout).not.toContain('By what the check can see');
  });

  test('finds for a check that asks for too little what a sufficient one could ask for', async () => {
    const found = async (release: string) => {
      const early = ['synthesize', '--release', release, '--check', 'early', '--pages', '4'];
      const { code, stdout } = await cli([...early, '--json', '--quiet']);
      const { kept, sought, leftOut, stages } = JSON.parse(stdout);
      const needs = stages.map(
        ({
          by,
          proved,
          cases,
        }: {
          by: string;
          proved: boolean;
          cases: { case: string; need: number }[];
        }) => ({
          by,
          proved,
          cases: cases.map(({ case: name, need }) => [name, need]),
        }),
      );
      return { code, kept, sought, leftOut, needs };
    };
    const [weak, enough] = [await found('v7.1[early=2]'), await found('v7.1')];
    expect(enough.sought).toEqual([]);
    expect(enough.needs[0].cases).toEqual([['any call', 3]]);
    // All that the weak one breaks is what the other keeps: so the answer is the same.
    expect(weak).toEqual({ ...enough, sought: ['limit-enomem-untouched/one-vma'] });
  }, 120_000);

  test('leaves out what no condition keeps, and says so', async () => {
    const edit = { change: 'early-count-check', when: ['shrinking'] };
    const patch = { patch: 1, title: 'T', base: 'v7.1', edits: [edit] };
    const file = fileWith('p.json', JSON.stringify(patch));
    const { code, stdout } = await cli([
      ...['synthesize', '--release', file, '--check', 'early', '--pages', '3', '--quiet'],
    ]);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'left out limit-enomem-untouched/one-vma: broken whatever the check asks for',
    );
    expect(stdout).not.toContain('searched: breaks');
  });

  test('has no verdict where it is interrupted, and exits with 3', async () => {
    const { code, stderr } = await cli([...MOVE.slice(0, 4), '7'], { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(stderr).toContain('interrupted');
  });

  test('leaves out nothing that is named', async () => {
    const { code, stdout } = await cli([
      ...['synthesize', '--release', 'v2.6.33', '--pages', '3', '--quiet'],
      ...['--keep', 'limit-held', 'limit-enomem-untouched'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^breaks {4}limit-enomem-untouched: asked of the conditions below, too$/m,
    );
    // The check comes when the destination is gone, whoever it refuses then.
    expect(stdout.match(/no such condition: refused or not, a promise breaks/g)).toHaveLength(3);
  });

  test.each([
    [['--release', 'v2.6.12', '--check', 'early'], 'expected a check of v2.6.12'],
    [['--check', 'split'], 'move-count-check'],
    [['--keep', 'limit-hold'], '--keep: found "limit-hold", expected one of limit-held'],
  ])('refuses %j with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await cli(['synthesize', ...flags]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
