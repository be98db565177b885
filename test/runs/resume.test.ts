import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cli, MAIN } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { everyKind, reachesAlone } from './specs.js';

/** All that a run leaves but what tells when and how it was started. */
const reportOf = (run: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(run, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(report\.|traces\/)/.test(name))
      .sort()
      .map((name) => [name, readFileSync(join(run, name), 'utf8')]),
  );

/** Runs the command and kills it after so many milliseconds; whether it was still there to be killed. */
const killed = (args: readonly string[], after: number): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), after);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });

describe('verify --run and --resume', () => {
  test('the folder of a run is for whoever a new folder is for', async () => {
    const [run, other] = ['run', 'other'].map((name) => join(newFolder(), name)) as [
      string,
      string,
    ];
    mkdirSync(other);
    await cli(['verify', '--quiet', '--run', run, everyKind()]);
    expect(statSync(run).mode).toBe(statSync(other).mode);
  });

  test('killed twenty times at random moments, the report is that of a run in one go', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
    console.log(`seed ${seed} (SEED=${seed} does the same)`);
    const spec = everyKind();
    const whole = join(newFolder(), 'whole');
    const started = performance.now();
    const expected = await cli(['verify', '--quiet', '--run', whole, spec]);
    const long = performance.now() - started;
    const moments = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), { seed, numRuns: 400 });

    let kills = 0;
    let runs = 0;
    while (kills < 20) {
      const run = join(newFolder(), 'run');
      let args = ['verify', '--quiet', '--run', run, spec];
      runs++;
      for (let tries = 0; kills < 20 && tries < 12; tries++) {
        if (await killed(args, (moments.pop() as number) * long)) kills++;
        try {
          readdirSync(run);
        } catch {
          continue;
        }
        args = ['verify', '--quiet', '--resume', run];
      }
      const { code, stdout } = await cli(args);
      expect({ code, stdout }).toEqual({ code: expected.code, stdout: expected.stdout });
      expect(reportOf(run)).toEqual(reportOf(whole));
    }
    console.log(`${kills} kills in ${runs} runs of ${(long / 1000).toFixed(1)} s`);
  }, 600_000);

  test('a reach search that is killed goes on behind the last slice that was merged', async () => {
    const spec = reachesAlone();
    const run = join(newFolder(), 'run');
    const expected = await cli(['verify', '--quiet', '--workers', '0', spec]);
    expect(expected.stdout).toMatch(/ 2,187 .* 4,041,576 /);
    expect(expected.stdout).toMatch(/not finished/);
    let args = ['verify', '--quiet', '--workers', '1', '--run', run, spec];
    for (const lines of [5, 11, 17]) {
      await killedAt(args, run, lines);
      args = ['verify', '--quiet', '--workers', '2', '--resume', run];
    }
    const { code, stdout } = await cli(args);
    expect({ code, stdout }).toEqual({ code: expected.code, stdout: expected.stdout });
    // None was done again.
    const slices = slicesIn(run);
    expect(slices.length).toBeGreaterThan(19);
    expect(new Set(slices).size).toBe(slices.length);
    // Nor is anything where all is done.
    const again = await cli(['verify', '--quiet', '--resume', run]);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code, stdout });
    expect(slicesIn(run)).toEqual(slices);
  }, 120_000);

  test('a reach search that is interrupted reports what it has found', async () => {
    const spec = reachesAlone();
    const run = join(newFolder(), 'run');
    const child = spawn(process.execPath, [MAIN, 'verify', '--quiet', '--run', run, spec]);
    await until(() => entriesIn(run).length >= 8);
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([1, 3]).toContain(code);
    const { specs } = JSON.parse(readFileSync(join(run, 'report.json'), 'utf8'));
    const [{ work, complete }] = specs[0].checks[0].runs;
    expect(complete).toBe(false);
    expect(work.spaces).toBeGreaterThan(100);
    expect(work.spaces).toBeLessThan(2187);
  });

  test('SIGINT keeps what was found, and the rest is done later', async () => {
    const spec = everyKind();
    const run = join(newFolder(), 'run');
    const first = await cli(['verify', '--run', run, spec], { signal: 'SIGINT' });
    expect([1, 3]).toContain(first.code);
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).complete).toBe(false);
    const second = await cli(['verify', '--quiet', '--resume', run]);
    expect(second.stdout).toBe((await cli(['verify', '--quiet', spec])).stdout);
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).complete).toBe(true);
  });

  test('a line that was cut off is done again, another that is no unit is refused', async () => {
    const run = join(newFolder(), 'run');
    const { stdout } = await cli(['verify', '--quiet', '--run', run, everyKind()]);
    const journal = join(run, 'journal.jsonl');
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines.slice(0, 9).join('\n')}\n${lines[9]?.slice(0, 40)}`);
    expect((await cli(['verify', '--quiet', '--resume', run])).stdout).toBe(stdout);
    const after = readFileSync(journal, 'utf8').trimEnd().split('\n');
    expect(after).toHaveLength(lines.length + 1);
    // Units are numbered from 0.
    const { units } = JSON.parse(lines[0] as string);
    appendFileSync(journal, `[${units},{},"0"]\n`);
    const refused = await cli(['verify', '--resume', run]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/journal\.jsonl:\d+: found no unit of the work/);
  });

  test.each<[string, RegExp, string, RegExp]>([
    [
      'a verdict',
      /"broken":[1-9]\d*/,
      '"broken":0',
      /journal\.jsonl:\d+: found a line that does not have/,
    ],
    ['a count of steps', /"transitions":\d+/, '"transitions":"x"', /does not have the checksum/],
    ['a result', /^\[\d+,\{.*\},/m, '[0,{},', /does not have the checksum/],
    [
      'the shard',
      /"units":\d+/,
      '$&,"shard":[0,0]',
      /jsonl:1: \.shard: found \[0,0\], expected a shard/,
    ],
    [
      'the memory',
      /"units":\d+/,
      '$&,"memory":-5',
      /jsonl:1: \.memory: found -5, expected megabytes/,
    ],
  ])('a journal in which somebody has changed %s is refused', async (_, from, to, message) => {
    const run = join(newFolder(), 'run');
    await cli(['verify', '--quiet', '--run', run, everyKind()]);
    change(join(run, 'journal.jsonl'), from, to);
    const { code, stdout, stderr } = await cli(['verify', '--quiet', '--resume', run]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each<[string, (run: string) => string[], (run: string) => void, RegExp]>([
    [
      'a run.json of nothing',
      (run) => [run],
      (run) => writeFileSync(join(run, 'run.json'), 'null'),
      /run\.json: found no JSON object, expected what verify --run wrote/,
    ],
    [
      'a kept spec without its path',
      (run) => [run],
      (run) => change(join(run, 'run.json'), /"path": "[^"]*"/, '"path": 3'),
      /run\.json: \.specs\[0\]\.path: found 3, expected string/,
    ],
    [
      'a folder in the place of the journal',
      (run) => [run],
      (run) => {
        rmSync(join(run, 'journal.jsonl'));
        mkdirSync(join(run, 'journal.jsonl'));
      },
      /journal\.jsonl: found no regular file, expected a journal/,
    ],
    ['a folder that is no run', () => ['/etc'], () => {}, /found no run\.json/],
    ['specs besides', (run) => [run, everyKind()], () => {}, /the folder alone/],
    ['a shard besides', (run) => [run, '--shard', '1/2'], () => {}, /the folder alone/],
    ['other memory besides', (run) => [run, '--memory', '500'], () => {}, /the folder alone/],
    [
      'the run of another version',
      (run) => [run],
      (run) => change(join(run, 'journal.jsonl'), /"program":"\w+"/, '"program":"0123"'),
      /found a run of version 0123, expected one of this/,
    ],
    [
      'specs that were changed since',
      (run) => [run],
      (run) => change(join(run, 'specs/every-kind.json'), /Four pages/, '4 pages'),
      /found specs, or patches that they name, that are not those that the journal is of/,
    ],
  ])('refuses %s', async (_, args, spoil, message) => {
    const run = join(newFolder(), 'run');
    await cli(['verify', '--run', run, everyKind()], { signal: 'SIGINT' });
    spoil(run);
    const { code, stdout, stderr } = await cli(['verify', '--quiet', '--resume', ...args(run)]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('the patch of a run', () => {
  /** A finished run of a patch that is made of these files, the first of which the spec names. */
  const runOf = async (files: Readonly<Record<string, string>>) => {
    const folder = newFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const [name = ''] = Object.keys(files);
    const spec = join(folder, 'spec.json');
    const of = (written: { checks: { expect: { releases: string[] }[] }[] }): void => {
      for (const check of written.checks) for (const one of check.expect) one.releases = [name];
    };
    writeFileSync(spec, specText(of));
    const run = join(folder, 'run');
    await cli(['verify', '--quiet', '--modules', '--run', run, spec]);
    return { folder, resume: () => cli(['verify', '--quiet', '--modules', '--resume', run]) };
  };

  const MODULE = `import { slots } from './slots.mjs';
    export const base = 'v7.1';
    export default (r, k) => k.changed('mremap', 'early-count-check', { count: { need: 4, needFor: (s) => slots(s) } })(r);`;

  test.each([
    ['a module', { 'p.mjs': MODULE, 'slots.mjs': 'export const slots = () => 0;' }, 'slots.mjs'],
    [
      'the module that is the base of another',
      {
        'q.mjs': `export const base = 'p.mjs'; import { slots } from './slots.mjs';
          export default (r, k) => (slots(), k.dropped('mremap', 'move-count-check')(r));`,
        'p.mjs': MODULE,
        'slots.mjs': 'export const slots = () => 0;',
      },
      'slots.mjs',
    ],
    [
      'JSON',
      {
        'p.json':
          '{"patch":1,"title":"T","base":"v7.1","edits":[{"change":"early-count-check","need":0}]}',
      },
      'p.json',
    ],
  ])('that is %s is the one that it was begun with', async (_, files, changed) => {
    const { folder, resume } = await runOf(files);
    expect((await resume()).stderr).toBe('');
    change(join(folder, changed), /0(?=[;}])/, '3');
    const { code, stdout, stderr } = await resume();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('found specs, or patches that they name, that are not those');
  });
});

/** What a journal has of units and slices, lines that were cut off aside. */
function entriesIn(run: string): [unit: number, { kind: string; found: { number: number } }][] {
  const journal = join(run, 'journal.jsonl');
  if (!existsSync(journal)) return [];
  const lines = readFileSync(journal, 'utf8').split('\n').slice(1);
  return lines.filter((line) => line.endsWith(']')).map((line) => JSON.parse(line));
}

const slicesIn = (run: string): string[] =>
  entriesIn(run)
    .filter(([, { kind }]) => kind === 'slice')
    .map(([unit, { found }]) => `${unit} ${found.number}`);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

/** Runs the command and kills it when the journal has so many entries. */
async function killedAt(args: readonly string[], run: string, entries: number): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  const closed = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  const there = until(() => entriesIn(run).length >= entries);
  // One that ends before has no more entries to wait for.
  expect(await Promise.race([there, closed])).toBeUndefined();
  child.kill('SIGKILL');
  expect(await closed).toBe('SIGKILL');
}

function change(file: string, what: RegExp, into: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(what);
  writeFileSync(file, text.replace(what, into));
}
