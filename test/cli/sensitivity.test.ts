import { describe, expect, test } from 'vitest';
import { ladder } from '../../src/verify/ladder.js';
import { cli } from './run-cli.js';

/** Broken on the lowest rung: the searches above it have nothing to do. */
const SOON = ['sensitivity', '--invariant', 'error-untouched', '--release', 'v6.12', 'v5.1'];
/** One that is kept up to the rung of sealed memory, and further on where there is none. */
const LATER = ['sensitivity', '--invariant', 'limit-held', 'no-needless-enomem'];

describe('mremap-check sensitivity', () => {
  test('prints the ladder, the counterexamples of one invariant and the table', async () => {
    const { code, stdout, stderr } = await cli(SOON);
    expect(code).toBe(0);
    for (const { id, takes } of ladder) expect(stdout).toContain(`${id.padEnd(8)}${takes}`);
    expect(stdout).toContain('a proof within these bounds, no more');
    expect(stdout).toMatch(/error-untouched broken on v5\.1/);
    expect(stdout).toMatch(/^ +6\.12 +5\.1\nerror-untouched +one +one$/m);
    expect(stderr).toMatch(/enumerate v\S+, 5 pages done/);
  });

  test('draws several invariants only when it is asked to', async () => {
    const both = [...SOON.slice(0, 3), 'no-needless-enomem', ...SOON.slice(3), '--quiet'];
    const [plain, verbose] = await Promise.all([cli(both), cli([...both, '--verbose'])]);
    expect(plain.stdout).not.toContain('broken on');
    expect(verbose.stdout).toContain('no-needless-enomem broken on');
    expect(plain.stderr).toBe('');
  });

  test.each([
    ['text', ['--verbose']],
    ['JSON', ['--json']],
  ])('prints the same bytes of %s for any number of workers', async (_, flags) => {
    const outputs = await Promise.all(
      ['0', '2'].map((n) => cli([...LATER, '--release', 'v6.12', '--workers', n, ...flags])),
    );
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(outputs[0]?.stdout.length).toBeGreaterThan(500);
    expect(outputs[0]?.code).toBe(0);
  });

  test('prints JSON with a version, the ladder and a counterexample of each breach', async () => {
    const { stdout } = await cli([...LATER, '--release', 'v6.12', '--json', '--quiet']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ version: 1, complete: true });
    expect(report.ladder.map(({ rung }: { rung: string }) => rung)).toEqual(
      ladder.map(({ id }) => id),
    );
    expect(report.ladder[0].searches[0]).toMatchObject({
      check: 'enumerate',
      bounds: { vmas: 1 },
    });
    expect(report.cells).toMatchObject([
      {
        invariant: 'limit-held',
        release: 'v6.12',
        found: 'broken',
        rung: 'seal',
        counterexample: { result: '-EPERM', setup: expect.any(Array) },
      },
      { invariant: 'no-needless-enomem', found: 'broken', rung: 'one' },
    ]);
  });

  test('takes a mainline release for the one that stands for it, once, and variants', async () => {
    const { code, stdout } = await cli([
      ...SOON.slice(0, 4),
      ...['v6.12', 'v6.13', 'v5.1[early=off]', '--json', '--quiet'],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).cells.map((cell: { release: string }) => cell.release)).toEqual([
      'v6.12',
      'v5.1[early=off]',
    ]);
  });

  test.each([
    [['--invariant', 'limit-hold'], '--invariant: found "limit-hold", expected one of limit-held'],
    [['--release', 'v9.9'], '--release: found "v9.9"'],
    [['--workers', 'two'], 'Expected a whole number'],
    [['--ladder'], 'unknown option'],
  ])('refuses %j with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await cli(['sensitivity', ...flags]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test('reports what is done when it is interrupted, and exits with 3', async () => {
    const { code, stdout, stderr } = await cli(['sensitivity', '--invariant', 'well-formed'], {
      signal: 'SIGINT',
    });
    expect(code).toBe(3);
    expect(stderr).toContain('interrupted');
    expect(stdout).toContain('not finished');
    expect(stdout).toMatch(/^well-formed +\?/m);
  });
});
