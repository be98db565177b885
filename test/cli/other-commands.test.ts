import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAR_MOVE } from '../support/far-move.js';
import { newFolder } from '../support/new-folder.js';
import { cli, fileWith } from './run-cli.js';

const scenario = (change: object = {}): string =>
  JSON.stringify({
    id: 'one',
    pages: 8,
    headroom: 2,
    setup: [
      { call: 'mmap', addr: 0, len: 2, kind: 'anon', prot: 'rw', offset: 0 },
      { call: 'touch', addr: 0, len: 2 },
    ],
    calls: [
      {
        call: 'mremap',
        addr: 0,
        oldLen: 2,
        newLen: 2,
        flags: ['MAYMOVE', 'FIXED'],
        newAddr: 4,
      },
    ],
    ...change,
  });

describe('mremap-check replay', () => {
  test('prints an outcome a line, from a file and from standard input alike', async () => {
    const text = `${scenario()}\n\n${scenario({ id: 'two', headroom: 6 })}\n`;
    const file = fileWith('scenarios.jsonl', text);
    const { code, stdout, stderr } = await cli(['replay', '--release', 'v6.12', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [one, two] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // ENOMEM: v6.12 asks for a headroom of 6.
    expect(one).toMatchObject({
      id: 'one',
      kernel: 'model:v6.12',
      initial: { data: { 0: 1, 1: 2 } },
      steps: [{ result: { errno: 'ENOMEM' }, mapCountDelta: 0 }],
    });
    expect(two.steps[0]).toMatchObject({
      result: { ok: 4 },
      layout: [{ start: 4, pages: 2, kind: 'anon', prot: 'rw', shared: false }],
      data: { 4: 1, 5: 2 },
    });
    const piped = await cli(['replay', '--release', 'v6.12', '-'], { input: text });
    expect(piped.stdout).toBe(stdout);
  });

  test('leaves out a scenario that no kernel could set up, without a failure', async () => {
    const input = `${scenario({ setup: [{ call: 'touch', addr: 3, len: 1 }] })}\n${scenario()}\n`;
    const { code, stdout, stderr } = await cli(['replay', '--release', 'v6.12', '-'], { input });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(
      /standard input:1: scenario one left out: its set-up writes to pages 3 to 3/,
    );
  });

  test('says that there is nothing to replay, and exits with 3 as conform does', async () => {
    const { code, stdout, stderr } = await cli(['replay', '--release', 'v6.12', '-']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toBe('standard input: found no scenario, nothing was replayed\n');
  });

  test('says what leaves the model, goes on, and exits with 3', async () => {
    const input = `${scenario(FAR_MOVE)}\n${scenario()}\n`;
    const { code, stdout, stderr } = await cli(['replay', '--release', 'v6.12', '-'], { input });
    expect(code).toBe(3);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(
      'standard input:1: scenario one left out: no room behind the window in an address space of 64 pages',
    );
  });

  test.each([
    ['no JSON', '{"id":', ':1: found something that is not JSON'],
    [
      'a page outside the window',
      scenario({ pages: 3 }),
      ':1: .calls[0]: found newAddr 4, expected pages of the window, 0 to 2',
    ],
    [
      'a headroom below zero',
      scenario({ headroom: -1 }),
      ':1: .headroom: found -1, expected a headroom',
    ],
    [
      'an unknown call',
      scenario({ calls: [{ call: 'brk' }] }),
      ':1: .calls[0]: found {"call":"brk"}, expected a call, one of mmap',
    ],
  ])('refuses %s before it writes anything', async (_, bad, message) => {
    const file = fileWith('scenarios.jsonl', `${bad}\n${scenario()}\n`);
    const { code, stdout, stderr } = await cli(['replay', '--release', 'v6.12', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(file + message);
  });

  test('refuses an unknown release', async () => {
    const { code, stderr } = await cli(['replay', '--release', 'v9.9', '-']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--release: found "v9\.9", expected one of those that mremap-check releases lists, such as v7/,
    );
  });
});

describe('mremap-check releases and invariants', () => {
  test('list the releases with commits and recorded kernels', async () => {
    const { code, stdout } = await cli(['releases']);
    expect(code).toBe(0);
    expect(stdout).toContain('ea2c3f6f5545');
    expect(stdout).toContain('5.10.223');
  });

  test('show the steps of one release in order', async () => {
    const { stdout } = await cli(['releases', 'v5.1']);
    const early = stdout.indexOf('early-count-check');
    const unmap = stdout.indexOf('unmap-destination-count-check');
    const move = stdout.indexOf('move-count-check');
    expect(early).toBeGreaterThan(0);
    expect([early, unmap, move]).toEqual([early, unmap, move].toSorted((a, b) => a - b));
  });

  test('are there as JSON with a version', async () => {
    const releases = JSON.parse((await cli(['releases', '--json'])).stdout);
    const invariants = JSON.parse((await cli(['invariants', '--json'])).stdout);
    expect(releases).toMatchObject({ version: 1 });
    expect(releases.releases.length).toBeGreaterThanOrEqual(9);
    expect(invariants).toMatchObject({ version: 1 });
    expect(invariants.invariants[0]).toMatchObject({ id: 'limit-held' });
  });
});

describe('usage', () => {
  test('--help has examples and exit codes', async () => {
    const { code, stdout } = await cli(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:[\s\S]*Exit codes:/);
  });

  test.each([
    [['verfy'], 'Did you mean verify?'],
    [['help', 'nosuch'], "error: unknown command 'nosuch'\n(mremap-check --help shows"],
    [['help', 'verfy'], 'Did you mean verify?'],
    [['verify', '--workers', '-1'], 'Expected a whole number'],
    [['replay', 'x.jsonl'], '--release'],
    [['verify', '--jsn'], 'Did you mean --json?'],
  ])('%j is answered in words, with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('documents', () => {
  test('releases names the page of a release, which is there; a variant has none', async () => {
    const { stdout } = await cli(['releases', 'v7.2']);
    const [, page = ''] = /page: (\S+)/.exec(stdout) ?? [];
    expect(readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')).toContain(
      '# mremap() in Linux 7.2',
    );
    expect((await cli(['releases', 'v7.2[move=3]'])).stdout).not.toContain('page:');
  });

  test('docs writes them, and then finds nothing to do', async () => {
    const folder = newFolder();
    try {
      const first = await cli(['docs', '--out', folder]);
      expect(first.code).toBe(0);
      expect(first.stdout).toMatch(/: (\d+) documents, \1 written, 0 removed\n$/);
      expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('releases/v7.2.md');
      const { stdout } = await cli(['docs', '--out', folder]);
      expect(stdout).toMatch(/ 0 written, 0 removed\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('docs into a file is bad input', async () => {
    const mine = fileWith('README.md', 'mine');
    const refused = await cli(['docs', '--out', dirname(mine)]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('README.md: found a file that is no document of mremap-check');
    expect([readFileSync(mine, 'utf8'), readdirSync(dirname(mine))]).toEqual([
      'mine',
      ['README.md'],
    ]);
    expect((await cli(['docs', '--out', ''])).code).toBe(2);
    expect((await cli(['docs', '--out', '/proc/x'])).code).toBe(2);
    const { code, stderr } = await cli(['docs', '--out', fileWith('in-the-way', '')]);
    expect(code).toBe(2);
    expect(stderr).toContain('found a file, expected a folder');
  });
});
