import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { cli, fileWith } from './run-cli.js';

const lastLine = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);

const scenario = JSON.stringify({
  id: 'one',
  pages: 8,
  headroom: 3,
  setup: [{ call: 'mmap', addr: 0, len: 2, kind: 'anon', prot: 'rw', offset: 0 }],
  calls: [
    { call: 'mremap', addr: 0, oldLen: 2, newLen: 2, flags: ['MAYMOVE', 'FIXED'], newAddr: 4 },
  ],
});

describe('mremap-check conform', () => {
  test('exits with 0 where the kernel agrees, by default with the release of its version', async () => {
    const { code, stdout } = await cli([
      'conform',
      '--kernel',
      'model:v7.0',
      '--random',
      '300',
      '--seed',
      '4',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('model:v7.0 (v6.18) and v6.18: 300 random scenarios, seed 4');
    expect(stdout).toMatch(/result +[\d,]+ +100\n/);
    expect(lastLine(stdout)).toBe('v6.18 agrees with v6.18 on 300 scenarios');
  });

  test('prints the seed that it drew, and the same again for that seed', async () => {
    const drawn = await cli(['conform', '--kernel', 'model:v6.12', '--random', '50']);
    const seed = /seed (\d+)/.exec(drawn.stdout)?.[1];
    const args = ['--random', '50', '--seed', seed ?? '', '--quiet'];
    const again = await cli(['conform', '--kernel', 'model:v6.12', ...args]);
    expect(again.stdout).toBe(drawn.stdout);
    expect(again.stderr).toBe('');
  });

  test('exits with 1 and draws the smallest scenarios where it does not', async () => {
    const { code, stdout } = await cli([
      'conform',
      ...['--kernel', 'model:v7.1[early=3]', '--random', '200', '--seed', '3'],
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain(`  FIXED move: model -ENOMEM, kernel ok
`);
    expect(stdout).toContain('then 3 map slots left)');
    expect(stdout).toMatch(
      / {2}model {6}.*map_count \+0, returns -ENOMEM\n {2}kernel +\S.*returns \d/,
    );
    expect(lastLine(stdout)).toMatch(
      /^v7\.1\[early=3\] does not behave as v7\.1: \d+ disagreements in \d+ classes$/,
    );
  });

  test('compares with another release if told to', async () => {
    const args = [
      '--kernel',
      'model:v6.12',
      '--release',
      'v6.15',
      '--random',
      '200',
      '--seed',
      '1',
    ];
    const { code, stdout } = await cli(['conform', ...args]);
    expect(code).toBe(1);
    expect(lastLine(stdout)).toContain('v6.12 does not behave as v6.15');
  });

  test('takes scenarios from a file and from standard input', async () => {
    const file = fileWith('scenarios.jsonl', `${scenario}\n\n`);
    const args = ['conform', '--kernel', 'model:v7.1[early=3]', '--scenarios'];
    const fromFile = await cli([...args, file]);
    const piped = await cli([...args, '-'], { input: scenario });
    expect([fromFile.code, piped.code]).toEqual([1, 1]);
    expect(fromFile.stdout).toContain('1 scenario compared');
    expect(piped.stdout).toContain('mremap(0, 1, 1, MAYMOVE|FIXED, 1)');
  });

  test('tries every call of a small window', async () => {
    const { code, stdout } = await cli(['conform', '--kernel', 'model:v6.12', '--exhaustive', '2']);
    expect(code).toBe(0);
    expect(stdout).toContain('every mremap() in 2 pages');
  });

  test('prints JSON with the scenarios, which can be run again', async () => {
    const args = ['--kernel', 'model:v7.1[early=3]', '--random', '200', '--seed', '3', '--json'];
    const { stdout } = await cli(['conform', ...args]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: 1,
      kernel: { name: 'model:v7.1[early=3]' },
      release: 'v7.1',
      work: { kind: 'random', count: 200, seed: 3 },
      verdict: 'disagrees',
      agrees: false,
      complete: true,
    });
    const [first] = report.classes;
    const input = JSON.stringify(first.scenario);
    const again = await cli(['replay', '--release', 'v7.1', '-'], { input });
    expect(JSON.parse(again.stdout)).toEqual(first.outcomes.model);
  });

  test.each([
    ['agrees', scenario, 0],
    ['unknown', '', 3],
  ])('has the verdict %s in JSON, as the exit code has it', async (verdict, input, expected) => {
    const args = ['--kernel', 'model:v6.12', '--scenarios', '-', '--json', '--quiet'];
    const { code, stdout } = await cli(['conform', ...args], { input });
    expect(code).toBe(expected);
    expect(JSON.parse(stdout)).toMatchObject({ verdict, complete: true });
  });

  test('keeps results in a file, and merges them', async () => {
    const file = join(newFolder(), 'kept.json');
    const run = (seed: string, kernel = 'model:v6.12') =>
      cli(['conform', '--kernel', kernel, '--random', '20', '--seed', seed, '--out', file]);
    for (const seed of ['1', '2', '1']) expect((await run(seed)).code).toBe(0);
    const { records } = JSON.parse(readFileSync(file, 'utf8'));
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({
      kernel: 'model',
      release: 'v6.12',
      work: { seed: 1 },
      scenarios: 20,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });

  test('exits with 3 on an interruption, and keeps nothing', async () => {
    const file = join(newFolder(), 'kept.json');
    const args = ['--kernel', 'model:v6.12', '--exhaustive', '6', '--out', file];
    const { code, stdout, stderr } = await cli(['conform', ...args], { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(stderr).toContain('interrupted: reporting what is done');
    expect(stdout).toContain('(not finished)');
    expect(existsSync(file)).toBe(false);
  });

  test('draws random scenarios as it runs them, however many there are to be', async () => {
    const args = ['--kernel', 'model:v6.12', '--random', '10000000', '--seed', '1'];
    const { code, stdout } = await cli(['conform', ...args], { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(stdout).toContain('(not finished)');
  });

  const kept = fileWith('kept.json', '{}');
  test.each([
    [['--kernel', 'moon'], '--kernel: found "moon"'],
    [['--kernel', 'model:v9.9'], '--kernel: found "v9.9", expected one of'],
    [['--kernel', 'model:v6.12', '--release', 'v9'], '--release: found "v9"'],
    [
      ['--kernel', 'model:v6.12', '--random', '5', '--exhaustive', '2'],
      'found --random and --exhaustive, expected one of --scenarios, --random and --exhaustive',
    ],
    [
      ['--kernel', 'model:v6.12', '--seed', '5', '--exhaustive', '2'],
      'found --seed with --exhaustive, expected it with --random alone',
    ],
    [['--kernel', 'model:v6.12', '--random', 'many'], 'Expected a whole number from 1'],
    [['--kernel', 'model:v6.12', '--exhaustive', '9'], 'Expected a whole number from 1 to 8'],
    [['--kernel', 'model:v6.12', '--scenarios', '/no/such'], '/no/such: no such file'],
    [['--kernel', 'model:v6.12', '--out', kept], `${kept}: .version: found nothing, expected 1`],
    [
      ['--kernel', 'model:v6.12', '--out', '/no/such/kept.json'],
      '--out /no/such/kept.json: no such folder',
    ],
    [['--kernel', 'model:v6.12', '--out', '/tmp'], '/tmp: found a folder, expected a file with'],
    [[], "required option '--kernel <kernel>' not specified"],
  ])('%j is answered in words, with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli(['conform', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('mremap-check identify', () => {
  test('says as which release the kernel behaves, with the evidence', async () => {
    const { code, stdout } = await cli(['identify', '--kernel', 'model:v5.13']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}so do {5}v5\.13/);
    expect(lastLine(stdout)).toMatch(/^v5\.13 behaves as v5\.13 in all \d+ scenarios$/);
  });

  test('names the release as JSON too', async () => {
    const { code, stdout } = await cli(['identify', '--kernel', 'model:v6.18', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, behavesAs: ['v6.18'] });
  });

  test('exits with 1 where it behaves as none', async () => {
    const { code, stdout } = await cli(['identify', '--kernel', 'model:v6.12[early=off]']);
    expect(code).toBe(1);
    expect(stdout).toContain('behaves as no release; closest is');
  });

  test('exits with 3 and says nothing of the kernel where it is interrupted before it asks', async () => {
    const args = ['identify', '--kernel', 'model:v6.12'];
    const { code, stdout, stderr } = await cli(args, { signal: 'SIGINT' });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('interrupted');
  });

  test('refuses an unknown kernel', async () => {
    expect((await cli(['identify', '--kernel', 'moon'])).code).toBe(2);
  });
});

describe('mremap-check confirm', async () => {
  const spec = fileWith('spec.json', specText());
  const report = fileWith('report.json', (await cli(['verify', '--json', spec])).stdout);

  test('confirms a counterexample on a kernel of its release', async () => {
    const { code, stdout } = await cli(['confirm', report, '--kernel', 'model:v2.6.33']);
    expect(code).toBe(0);
    expect(stdout).toContain('limit-enomem-untouched on v2.6.33: confirmed');
    expect(lastLine(stdout)).toBe('model:v2.6.33: 1 confirmed');
  });

  test('exits with 1 on another kernel, both outcomes side by side', async () => {
    const args = ['--kernel', 'model:v5.1', '--release', 'v2.6.33'];
    const { code, stdout } = await cli(['confirm', report, ...args]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ {2}model .*returns -ENOMEM\n {2}kernel .*returns -ENOMEM/);
    expect(stdout).toContain('differs   totalVmDelta -1 on the model, 0 on the kernel');
    expect(lastLine(stdout)).toBe('model:v5.1: 1 not confirmed');
  });

  test('takes those of the patch that plays the kernel, and else of its base', async () => {
    const cwd = newFolder();
    const edits = '"edits":[{"change":"move-count-check","need":3}]';
    fileWith('p.json', `{"patch":1,"title":"T","base":"v2.6.33",${edits}}`, cwd);
    const of = (name: string) => async (releases: readonly string[]) => {
      const text = specText((s) => {
        s.checks[0].expect[1].releases = releases;
      });
      fileWith('spec.json', text, cwd);
      const { stdout } = await cli(['verify', 'spec.json', '--json', '--quiet'], { cwd });
      fileWith(name, stdout, cwd);
      return cli(['confirm', name, '--kernel', 'model:p.json'], { cwd });
    };
    const both = await of('both.json')(['v2.6.33', 'p.json']);
    expect(both.code).toBe(0);
    expect(both.stdout).toContain('limit-enomem-untouched on p.json: confirmed');
    expect(lastLine(both.stdout)).toBe('model:p.json (v2.6.33+p): 1 confirmed');
    expect(both.stderr).toContain('1 counterexample of other releases than p.json left out');
    const other = await of('other.json')(['v2.6.33', 'v2.6.12']);
    expect(other.stdout).toContain('limit-enomem-untouched on v2.6.33: ');
    expect(other.stdout).not.toContain('on v2.6.12');
  });

  test('takes a part of a report from standard input, and prints JSON', async () => {
    const { specs } = JSON.parse(readFileSync(report, 'utf8'));
    const verdicts = specs[0].checks[0].verdicts as { counterexample: unknown }[];
    const input = JSON.stringify(verdicts.find(({ counterexample }) => counterexample !== null));
    const args = ['confirm', '-', '--kernel', 'model:v2.6.33', '--json'];
    const { code, stdout } = await cli(args, { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).counterexamples).toMatchObject([
      { invariant: 'limit-enomem-untouched', release: 'v2.6.33', state: 'confirmed', fields: [] },
    ]);
  });

  test('exits with 3 where the kernel cannot be asked of any: that is no verdict', async () => {
    const full = fileWith(
      'full.json',
      specText((s) => {
        s.checks[0].bounds = { ...s.checks[0].bounds, vmas: 1, limits: [0, 0] };
      }),
    );
    const { stdout: found } = await cli(['verify', '--json', '--quiet', full]);
    const args = ['confirm', fileWith('found.json', found), '--kernel', 'model:v2.6.33'];
    const { code, stdout } = await cli(args);
    expect(stdout).toContain('max_map_count is below map_count in it');
    expect(code).toBe(3);
  });

  const empty = fileWith('empty.json', '{}');
  const text = fileWith('text.json', 'no JSON');
  const diff = await cli(['diff', 'v2.6.33', 'v5.1', '--pages', '3', '--json']);
  const differences = fileWith('differences.json', diff.stdout);
  test.each([
    [[empty, '--kernel', 'model:v5.1'], `${empty}: found no counterexample`],
    [
      [differences, '--kernel', 'model:v5.1'],
      `${differences}: found differences alone, expected a counterexample: confirm does not take`,
    ],
    [[text, '--kernel', 'model:v5.1'], `${text}: found something that is not JSON`],
    [['/no/such', '--kernel', 'model:v5.1'], '/no/such: no such file'],
    [[report, '--kernel', 'moon'], '--kernel: found "moon"'],
    [
      [report, '--kernel', 'model:v5.1'],
      '--kernel model:v5.1: found no counterexample of v5.1, expected --release with one of those in the file, v2.6.33',
    ],
    [
      [report, '--kernel', 'model:v5.1', '--release', 'v7.1'],
      '--release: found v7.1, expected one of those in the file, v2.6.33',
    ],
  ])('%j is answered in words, with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli(['confirm', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('mremap-check verify --confirm', () => {
  const spec = fileWith('spec.json', specText());

  test('marks what the kernel bears out, in the verdict and in the matrix', async () => {
    const { code, stdout } = await cli(['verify', spec, '--confirm', 'model:v2.6.33']);
    expect(code).toBe(0);
    expect(stdout).toContain('          v2.6.33: confirmed on model:v2.6.33\n');
    expect(stdout).toMatch(/limit-enomem-untouched +fails\*/);
    expect(stdout).toContain('* on v2.6.33: confirmed on model:v2.6.33; ~ not confirmed');
    expect(lastLine(stdout)).toBe('all as expected (1 expected violation)');
  });

  test('has the answers in JSON', async () => {
    const { stdout } = await cli(['verify', spec, '--json', '--confirm', 'model:v2.6.33']);
    const report = JSON.parse(stdout);
    expect(report.confirmedOn).toEqual({ name: 'model:v2.6.33', version: 'v2.6.33' });
    const [holds, violated] = report.specs[0].checks[0].verdicts;
    expect(holds.confirmation).toBeUndefined();
    expect(violated.confirmation).toMatchObject({ state: 'confirmed' });
  });

  test('exits with 1 where the kernel does something else', async () => {
    const { code, stdout } = await cli(['verify', spec, '--confirm', 'model:v2.6.33[move=off]']);
    expect(code).toBe(1);
    expect(stdout).toContain('v2.6.33: not confirmed on model:v2.6.33[move=off]');
    expect(stdout).toMatch(/limit-enomem-untouched +fails~/);
    expect(lastLine(stdout)).toBe('1 result not as expected');
  });

  test('has that in JSON too, and so has what is made of it', async () => {
    const kernel = 'model:v2.6.33[move=off]';
    const { code, stdout } = await cli(['verify', spec, '--json', '--confirm', kernel]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ asExpected: false });
    const from = ['report', '--from', fileWith('v.json', stdout), '-o', newFolder()];
    expect((await cli(from)).code).toBe(1);
  });

  test('says so where there is nothing to be replayed', async () => {
    const { code, stdout } = await cli(['verify', spec, '--confirm', 'model:v7.3']);
    expect(code).toBe(0);
    expect(stdout).toContain('no violation of v7.3 was found to be replayed on model:v7.3');
    expect(stdout).not.toContain('~ not confirmed');
  });

  test('refuses a kernel that is none before it searches', async () => {
    const { code, stderr } = await cli(['verify', spec, '--confirm', 'moon']);
    expect(code).toBe(2);
    expect(stderr).toContain('--confirm: found "moon"');
  });
});
