import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { type CliResult, cli, fileWith } from './run-cli.js';

/** The command without a terminal, with these lines on standard input. */
const explore = (args: readonly string[], ...lines: readonly string[]): Promise<CliResult> =>
  cli(['explore', ...args], { input: lines.map((line) => `${line}\n`).join('') });

const SHRINK = {
  id: 'shrink-at-the-limit',
  pages: 4,
  headroom: 3,
  setup: [{ call: 'mmap', addr: 0, len: 4, kind: 'anon', prot: 'rw', offset: 0 }],
  calls: [{ call: 'mremap', addr: 0, oldLen: 4, newLen: 2, flags: [], newAddr: 0 }],
};

describe('mremap-check explore without a terminal', () => {
  test('obeys line by line, in text without escapes', async () => {
    const args = ['--release', 'v7.1', '--pages', '8', '--limit', '4'];
    const lines = ['mmap(0, 4, anon rw)', '', 'mremap(0, 4, 2); munmap(0, 1)', 'r v6.12'];
    const { code, stdout, stderr } = await explore(args, ...lines);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('> mremap(0, 4, 2); munmap(0, 1)\n');
    expect(stdout).toContain('  call      munmap(0, 1) = 0\n');
    expect(stdout).toContain('beside v7.1');
    expect(stdout).not.toContain('\x1b');
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('ends at q, and at the end of its input', async () => {
    const { code, stdout } = await explore([], 'help', 'q', 'munmap(0, 1)');
    expect(code).toBe(0);
    expect(stdout).toContain('PATTERN');
    expect(stdout).not.toContain('munmap(0, 1) = 0');
    expect((await explore([])).code).toBe(0);
  });

  test('ends at the first line that is wrong, and says which and why', async () => {
    const { code, stdout, stderr } = await explore([], 'mmap(0, 1, anon rw)', 'munmap(0)', 'help');
    expect(code).toBe(2);
    expect(stdout).toContain('mmap(0, 1, anon rw) = 0');
    expect(stdout).not.toContain('PATTERN');
    expect(stderr).toBe(
      'mremap-check: standard input:2: munmap: length: found nothing, expected pages from 1 to 64, as in munmap(addr, len)\n',
    );
  });

  test('ends where a call leaves the model, with exit code 3', async () => {
    const away = 'mremap(31, 1, 50, MAYMOVE|FIXED, 30)';
    const { code, stderr } = await explore(['--pages', '32'], 'mmap(31, 1, anon rw)', away);
    expect(code).toBe(3);
    expect(stderr).toContain('standard input:2: beyond the model: no room behind the window');
  });

  test('saves scenarios that replay takes, one behind the other', async () => {
    const file = join(newFolder(), 'saved.jsonl');
    const save = [
      'mmap(0, 4, anon rw)',
      'limit 4',
      'mremap(0, 4, 2)',
      `save ${file}`,
      `s ${file} two`,
    ];
    const { code, stdout } = await explore(['--release', 'v7.1', '--pages', '4'], ...save);
    expect(code).toBe(0);
    expect(stdout).toContain(`${file}: scenario explored-1 added\n`);
    const [one, two] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(one ?? '')).toEqual({ ...SHRINK, id: 'explored-1' });
    expect(JSON.parse(two ?? '')).toEqual({ ...SHRINK, id: 'two' });
    const replayed = await cli(['replay', '--release', 'v7.1', file]);
    expect(replayed.stdout).toContain('{"errno":"ENOMEM"}');
  });

  test('adds to no file that has something else', async () => {
    const file = fileWith('notes.txt', 'my notes\n');
    const { code, stderr } = await explore([], `save ${file}`);
    expect(code).toBe(2);
    expect(stderr).toContain(`standard input:1: ${file}:1: found something that is not JSON`);
    expect(readFileSync(file, 'utf8')).toBe('my notes\n');
  });

  test('begins with a scenario at its end, which undo walks back', async () => {
    const file = fileWith(
      'scenarios.jsonl',
      `${JSON.stringify({ ...SHRINK, calls: [] })}\n${JSON.stringify(SHRINK)}\n`,
    );
    const { stdout } = await explore(['--nth', '2', '--release', 'v7.1', file], 'history', 'u 3');
    expect(stdout).toContain('  2 mremap(0, 4, 2, 0, 0) = -ENOMEM\n');
    expect(stdout).toContain('  -- max_map_count = 4\n');
    expect(stdout).toContain('explore  v7.1 (7.1)  map_count 0, no limit yet\n');
  });

  test('begins with a counterexample of verify --json, on the release that it is of', async () => {
    const { stdout: report } = await cli(['verify', '--json', fileWith('spec.json', specText())]);
    const file = fileWith('report.json', report);
    const { code, stdout } = await explore([file], 'history', 'steps', 'r v5.1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^explore {2}v2\.6\.33 /);
    expect(stdout).toContain('MAYMOVE|FIXED, 1) = -ENOMEM');
    expect(stdout).toContain('v2.6.33: -ENOMEM from move-count-check, yet changed');
    const beyond = await explore(['--nth', '99', file]);
    expect(beyond.code).toBe(2);
    expect(beyond.stderr).toMatch(/--nth: found 99, expected one of the traces in .*, which has 1/);
  });

  test('shows what it begins with before any command', async () => {
    const file = fileWith('scenario.json', JSON.stringify(SHRINK));
    const { code, stdout } = await explore(['--release', 'v7.1', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('  call      mremap(0, 4, 2, 0, 0) = -ENOMEM\n');
    expect(stdout).toContain('refused by early-count-check');
  });

  test('begins with a counterexample on another release, where it need not be one', async () => {
    const { stdout: report } = await cli(['verify', '--json', fileWith('spec.json', specText())]);
    const file = fileWith('report.json', report);
    const { code, stdout } = await explore(['--release', 'v5.1', file], 'history');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^explore {2}v5\.1 /);
    expect(stdout).toContain('MAYMOVE|FIXED, 1) = -ENOMEM');
  });

  test('begins with a difference of diff --json, with the other release beside it', async () => {
    const { stdout: report } = await cli(['diff', 'v7.0', 'v7.1', '--pages', '3', '--json']);
    const file = fileWith('diff.json', report);
    const { code, stdout } = await explore([file], 'history');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^explore {2}v7\.1 .*beside v6\.18/);
    expect(stdout).toMatch(/\* +\d+ mremap\(.* = -ENOMEM/);
    const alone = await explore(['--release', 'v7.1', file], 'history');
    expect(alone.stdout).not.toContain('beside v6.18');
  });

  test('runs the module that a file names only where the command line names it too', async () => {
    const cwd = newFolder();
    const ran = join(cwd, 'ran');
    const text = `import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(ran)}, '');
      export const base = 'v7.1';
      export default (r, k) => k.dropped('mremap', 'early-count-check')(r);`;
    fileWith('p.mjs', text, cwd);
    const { stdout: report } = await cli(['diff', 'v7.1', 'p.mjs', '--pages', '2', '--json'], {
      cwd,
    });
    rmSync(ran);
    fileWith('diff.json', report, cwd);
    const refused = await cli(['explore', 'diff.json'], { cwd });
    expect({ ...refused, stderr: '' }).toEqual({ code: 2, stdout: '', stderr: '' });
    expect(refused.stderr).toContain('p.mjs: found a module, which is code to be run');
    expect(existsSync(ran)).toBe(false);
    const named = await cli(['explore', '--release', 'p.mjs', 'diff.json'], { cwd });
    expect(named.code).toBe(0);
    expect(existsSync(ran)).toBe(true);
  });

  test('says what it found in JSON that has neither scenarios nor traces', async () => {
    const file = fileWith('other.json', '{\n  "complete": true\n}\n');
    const { code, stderr } = await explore([file]);
    expect(code).toBe(2);
    expect(stderr).toContain('other.json: found JSON with no trace in it, expected scenarios');
  });

  test('says that a file is empty, not what is wrong with an option that nobody gave', async () => {
    const { code, stderr } = await explore([fileWith('empty.jsonl', '\n')]);
    expect(code).toBe(2);
    expect(stderr).toContain('empty.jsonl: found no scenario, expected scenarios, a line each');
  });

  test.each([
    [['--nth', '2'], '--nth: found it without a file'],
    [['--pages', '33'], 'Expected a whole number from 1 to 32.'],
    [['--release', 'v9.9'], '--release: found "v9.9", expected one of'],
    [['-'], 'found - as a file, expected its name'],
    [['nowhere.jsonl'], 'nowhere.jsonl: no such file, expected scenarios, a line each, or traces'],
    [['--pages', '4', 'x.jsonl'], '--pages: found it with a file'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await explore(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
