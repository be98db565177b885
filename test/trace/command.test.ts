import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { COMMANDS } from '../../src/commands/table.js';
import { FORMAT_NAMES } from '../../src/report/faces/formats.js';
import { cli, fileWith } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';

const spec = fileWith('spec.json', specText());
const verified = cli(['verify', spec, '--json', '--quiet']).then(({ stdout }) =>
  fileWith('report.json', stdout),
);

describe('mremap-check trace', () => {
  test('shows the only trace of a file', async () => {
    const { code, stdout } = await cli(['trace', await verified]);
    expect(code).toBe(0);
    expect(stdout).toContain('limit-enomem-untouched broken on v2.6.33');
    expect(stdout).toMatch(/^ {2}promise {3}A call refused for want of map slots/m);
  });

  test('reads standard input and keeps to COLUMNS', async () => {
    const input = readFileSync(await verified, 'utf8');
    const { code, stdout } = await cli(['trace', '-', '--verbose'], {
      input,
      env: { COLUMNS: '50' },
    });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 50)).toEqual([]);
    expect(stdout).toContain('sys_mremap()');
  });

  test('prints JSON that is the counterexample of verify --json', async () => {
    const { stdout } = await cli(['trace', await verified, '--format', 'json']);
    const report = JSON.parse(readFileSync(await verified, 'utf8'));
    expect(JSON.parse(stdout)).toEqual(
      report.specs[0].checks[0].verdicts.find((v: { found: string }) => v.found === 'violated')
        .counterexample,
    );
  });

  test('lists what there is where it is several, and asks for one where a format is given', async () => {
    const one = JSON.parse((await cli(['trace', await verified, '--format', 'json'])).stdout);
    const two = fileWith('two.json', JSON.stringify([one, { ...one, release: 'v5.1' }]));
    const list = await cli(['trace', two]);
    expect(list.code).toBe(0);
    expect(list.stdout).toMatch(
      /^ {4}1 {2}v2\.6\.33-limit-enomem-untouched .*\n +.*\n {4}2 {2}v5\.1-/,
    );
    expect(list.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const asked = await cli(['trace', two, '--format', 'mail']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('found 2 traces, expected one to print');
    for (const flags of [
      ['--number', '2'],
      ['--release', 'v5.1'],
    ]) {
      const { code, stdout } = await cli(['trace', two, '--format', 'mail', ...flags]);
      expect(code).toBe(0);
      expect(stdout).toContain('Release v5.1 breaks');
    }
  });

  test('finds a difference by either of its releases, and draws no more VMAs than are asked for', async () => {
    const diff = await cli(['diff', 'v2.6.33', 'v5.1', '--pages', '3', '--json', '--quiet']);
    const file = fileWith('differences.json', diff.stdout);
    for (const release of ['v2.6.33', 'v5.1']) {
      const { code, stdout } = await cli(['trace', file, '--release', release, '--number', '1']);
      expect(code).toBe(0);
      expect(stdout).toContain('v2.6.33');
    }
    expect((await cli(['trace', file, '--release', 'v6.12'])).code).toBe(2);
  });

  test('says of a difference that it is one, in which bounds it was found, and that no kernel can be asked', async () => {
    const diff = await cli(['diff', 'v2.6.33', 'v5.1', '--pages', '3', '--json', '--quiet']);
    const file = fileWith('differences.json', diff.stdout);
    const texts = JSON.parse(diff.stdout).changes.map((_: unknown, i: number) =>
      ['c', 'syzkaller', 'mail'].map((format) =>
        cli(['trace', file, '--number', `${i + 1}`, '--format', format]),
      ),
    );
    for (const formats of texts) {
      const [c, syzkaller, mail] = await Promise.all<{ stdout: string }>(formats);
      for (const one of [c, syzkaller, mail]) {
        expect(one?.stdout).toContain('make different things of one call');
        expect(one?.stdout).toContain('Found by a search of 3 pages');
        expect(one?.stdout).not.toMatch(/: (\S+) and \1\./);
      }
      expect(c?.stdout).toContain('It is skipped on every kernel');
      expect(c?.stdout).not.toContain('keeps the promise');
      expect(syzkaller?.stdout.replace(/\n# /g, ' ')).toMatch(
        /max_map_count is \d+ in the trace, and map_count \d+ when the call is made/,
      );
    }
  });

  test('leaves out VMAs that stay as they are with --changed', async () => {
    const one = JSON.parse((await cli(['trace', await verified, '--format', 'json'])).stdout);
    const aside = { ...one.before[0], start: 3, pages: 1 };
    const more = { pages: 4, before: [...one.before, aside], after: [...one.after, aside] };
    const file = fileWith('aside.json', JSON.stringify({ ...one, ...more }));
    const [all, changed] = [await cli(['trace', file]), await cli(['trace', file, '--changed'])];
    expect(all.stdout).not.toMatch(/\(\d unchanged\)/);
    expect(changed.stdout).toMatch(/\(\d unchanged\)/);
  });

  test('numbers the files of traces that are of one promise and one release', async () => {
    const one = JSON.parse((await cli(['trace', await verified, '--format', 'json'])).stdout);
    const out = newFolder();
    const twice = fileWith('twice.json', JSON.stringify([one, one]));
    await cli(['trace', twice, '--format', 'mail', '-o', out]);
    expect(readdirSync(out)).toEqual([
      'v2.6.33-limit-enomem-untouched-2.mail',
      'v2.6.33-limit-enomem-untouched.mail',
    ]);
  });

  test('names the file and the trace whose release there is none of, where a format runs it', async () => {
    const one = JSON.parse((await cli(['trace', await verified, '--format', 'json'])).stdout);
    const file = fileWith('of-no-release.json', JSON.stringify([{ ...one, release: 'v9.9' }]));
    const { code, stdout, stderr } = await cli(['trace', file, '--format', 'c']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${file}: release of trace 1: found "v9.9"`);
  });

  test('writes every format into a folder, as verify --traces does', async () => {
    const [one, other] = [newFolder(), newFolder()];
    expect((await cli(['trace', await verified, '-o', one])).code).toBe(0);
    expect((await cli(['verify', spec, '--quiet', '--traces', other])).code).toBe(0);
    expect(readdirSync(one)).toHaveLength(FORMAT_NAMES.length);
    expect(readdirSync(other)).toEqual(readdirSync(one));
    for (const name of readdirSync(one)) {
      expect(name).toMatch(/^v2\.6\.33-limit-enomem-untouched\./);
      expect(readFileSync(join(other, name), 'utf8')).toBe(readFileSync(join(one, name), 'utf8'));
    }
  });

  test('offers the formats that there are', () => {
    const { options } = COMMANDS.find(({ name }) => name === 'trace') as Command;
    expect(options.find(({ name }) => name === 'format')?.values).toEqual(FORMAT_NAMES);
  });

  test.each([
    [['--format', 'yaml'], 'Allowed choices are terminal, mail, json'],
    [['--number', '9'], '--number: found 9, expected one of 1 to 1'],
    [['--release', 'v7.3'], 'found no trace of v7.3, expected one of these:'],
    [['-o', '/dev/null/x'], '/dev/null/x: cannot be written to (ENOTDIR), expected a folder'],
    [['-o', '/proc/x'], '/proc/x: cannot be written to (ENOENT), expected a folder'],
  ])('refuses %j with one message', async (flags, message) => {
    const { code, stderr } = await cli(['trace', await verified, ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('refuses a file without a trace, and one with a broken trace', async () => {
    const none = await cli(['trace', fileWith('none.json', '{}')]);
    expect(none).toMatchObject({ code: 2 });
    expect(none.stderr).toContain('found no trace, expected what verify --json writes');
    const folder = await cli(['trace', newFolder()]);
    expect(folder).toMatchObject({ code: 2 });
    expect(folder.stderr).toContain(': found a folder, expected a file with traces of verify');
    const broken = await cli(['trace', fileWith('broken.json', '{"trace":1,"kind":"call"}')]);
    expect(broken).toMatchObject({ code: 2 });
    expect(broken.stderr).toMatch(/broken\.json: \.\w+: found nothing, expected/);
  });
});

describe('mremap-check trace of a patch', () => {
  const cwd = newFolder();
  const reported = async (name: string, text: string): Promise<void> => {
    fileWith(name, text, cwd);
    const broken = specText((written) => {
      for (const check of written.checks) {
        for (const one of check.expect) one.releases = [name];
      }
    });
    fileWith('spec.json', broken, cwd);
    const { stdout } = await cli(['verify', 'spec.json', '--modules', '--json', '--quiet'], {
      cwd,
    });
    fileWith(`${name}.report`, stdout, cwd);
  };
  const traceOf = (name: string, ...args: readonly string[]) =>
    cli(['trace', `${name}.report`, '--invariant', 'limit-enomem-untouched', ...args], { cwd });
  // As 7.1 before its early check: what refuses the move has unmapped the destination by then.
  const json = reported(
    'p.json',
    '{"patch":1,"title":"T","base":"v7.1","edits":[{"drop":"early-count-check"}]}',
  );
  const module = json.then(() =>
    reported(
      'p.mjs',
      "export const base = 'v7.1'; export default (r, k) => k.dropped('mremap', 'early-count-check')(r);",
    ),
  );

  test('writes programs that repeat it', async () => {
    await json;
    const c = await traceOf('p.json', '--format', 'c');
    expect(c.stdout).toContain('#define RELEASE "p.json"');
    expect(c.stdout).toContain('#define CANNOT ""');
    const syz = await traceOf('p.json', '--format', 'syzkaller');
    expect(syz.stdout).toMatch(/^mremap\(/m);
    expect(syz.stdout).not.toContain('No program shows it');
  });

  test('says that the package cannot be asked about it', async () => {
    await json;
    const { stdout } = await traceOf('p.json', '--format', 'fast-check');
    expect(stdout).toContain(
      'test.skip("not a sequence of calls: it is of p.json, and the package',
    );
  });

  test('runs a module only if the command line names it', async () => {
    await module;
    const refused = await traceOf('p.mjs', '--format', 'c');
    expect({ ...refused, stderr: '' }).toEqual({ code: 2, stdout: '', stderr: '' });
    expect(refused.stderr).toContain('p.mjs: found a module, which is code to be run');
    const named = await traceOf('p.mjs', '--format', 'c', '--release', 'p.mjs');
    expect(named.stdout).toContain('#define CANNOT ""');
  });

  test('writes what can be written without the file of the patch, and says so in the rest', async () => {
    await module;
    const out = newFolder();
    expect((await traceOf('p.mjs', '-o', out)).code).toBe(0);
    expect(readdirSync(out)).toHaveLength(FORMAT_NAMES.length);
    const c = readdirSync(out).find((name) => name.endsWith('.c')) ?? '';
    expect(readFileSync(join(out, c), 'utf8')).toContain(
      '#define CANNOT "no process can show it: p.mjs: found a module',
    );
  });
});

describe('the fast-check test of a trace', () => {
  // Below the project, where vitest and fast-check are found; the package is there as if installed.
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const own = join(project, 'build', `emitted-${process.pid}`);
  afterAll(() => rmSync(own, { recursive: true, force: true }));

  const run = (file: string, release?: string) =>
    spawnSync('npx', ['vitest', 'run', '--root', own, file], {
      encoding: 'utf8',
      env: { ...process.env, ...(release === undefined ? {} : { MREMAP_CHECK_RELEASE: release }) },
    });

  test('fails on the release that breaks the promise, by the sequence itself, and passes on one that keeps it', async () => {
    expect((await cli(['trace', await verified, '--format', 'fast-check', '-o', own])).code).toBe(
      0,
    );
    const [name = ''] = readdirSync(own);
    mkdirSync(join(own, 'node_modules'));
    symlinkSync(project, join(own, 'node_modules', 'mremap-check'));
    writeFileSync(join(own, 'vitest.config.mjs'), 'export default {};');
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: true,
        paths: { 'mremap-check': [join(project, 'src/api/index.ts')] },
      },
      include: ['*.test.ts'],
    };
    writeFileSync(join(own, 'tsconfig.json'), JSON.stringify(config));
    const typed = spawnSync('npx', ['tsc', '-p', own], { encoding: 'utf8' });
    expect([typed.stdout, typed.status]).toEqual(['', 0]);
    const broken = run(join(own, name));
    expect(broken.status).toBe(1);
    expect(broken.stdout + broken.stderr).toMatch(/Property failed after 1 tests/);
    const kept = run(join(own, name), 'v5.1');
    expect(kept.stdout + kept.stderr).toMatch(/1 passed/);
    expect(kept.status).toBe(0);
  }, 60_000);
});
