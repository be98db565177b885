import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { everyKind } from './specs.js';

const base = newFolder();
const at = (name: string): string => join(base, name);
const spec = everyKind();

/** Keeps a part in the folder of this name. */
const part = (name: string, shard: string, file = spec) =>
  cli(['verify', '--quiet', '--shard', shard, '--run', at(name), file]);

const merged = (names: readonly string[], flags: readonly string[] = []) =>
  cli(['merge', '--quiet', ...flags, ...names.map(at)]);

beforeAll(async () => {
  for (const i of [1, 2, 3]) {
    const { code, stdout } = await part(`p${i}`, `${i}/3`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `shard ${i}/3 in ${at(`p${i}`)}: done\n` });
  }
});

describe('verify --shard and merge', () => {
  test('the shards together are the whole, in any order and as JSON', async () => {
    const whole = await cli(['verify', '--quiet', spec]);
    const parts = await merged(['p3', 'p1', 'p2'], ['--run', at('all')]);
    expect({ ...parts, stderr: '' }).toEqual({ ...whole, stderr: '' });
    const json = await cli(['verify', '--quiet', '--json', spec]);
    expect((await merged(['p1', 'p2', 'p3'], ['--json'])).stdout).toBe(json.stdout);
    // What was merged is a run that is done.
    expect((await cli(['verify', '--quiet', '--resume', at('all')])).stdout).toBe(whole.stdout);
  });

  test('a part that is interrupted is not done, and is when it is resumed', async () => {
    const args = ['verify', '--shard', '1/3', '--run', at('interrupted'), spec];
    const first = await cli(args, { signal: 'SIGINT' });
    expect(first.code).toBe(3);
    expect(first.stdout).toMatch(/: interrupted; verify --resume \S+ goes on\n$/);
    const second = await cli(['verify', '--quiet', '--resume', at('interrupted')]);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringMatching(/: done\n$/) });
    expect((await merged(['interrupted', 'p2', 'p3'])).code).toBe(
      (await merged(['p1', 'p2', 'p3'])).code,
    );
  });

  test('the shards of a run with less memory are that run', async () => {
    const little = ['--memory', '256'];
    const whole = await cli(['verify', '--quiet', ...little, spec]);
    await Promise.all(
      [1, 2].map((i) =>
        cli(['verify', '--quiet', ...little, '--shard', `${i}/2`, '--run', at(`m${i}`), spec]),
      ),
    );
    const together = await merged(['m1', 'm2'], ['--run', at('m')]);
    expect(together.stdout).toBe(whole.stdout);
    expect((await cli(['verify', '--quiet', '--resume', at('m')])).stdout).toBe(whole.stdout);
  });

  test('no part is empty, and no unit is in two', () => {
    const units = [1, 2, 3].map((i) =>
      readFileSync(at(`p${i}/journal.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as [number, { kind: string }])
        .filter(([, { kind }]) => kind !== 'slice')
        .map(([unit]) => unit),
    );
    const { units: many } = JSON.parse(
      readFileSync(at('p1/journal.jsonl'), 'utf8').split('\n')[0] as string,
    );
    expect(units.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: many }, (_, i) => i));
    for (const one of units) expect(one.length).toBeGreaterThanOrEqual(Math.floor(many / 3));
  });

  test.each<[string, () => Promise<unknown>, readonly string[], RegExp]>([
    [
      'a part that is missing',
      async () => {},
      ['p1', 'p3'],
      /found 2 of 3 shards, expected 2\/3 too/,
    ],
    ['a part that is there twice', async () => {}, ['p1', 'p2', 'p1'], /shard 1\/3 again/],
    [
      'a part of another cut',
      () => part('q', '3/4'),
      ['p1', 'p2', 'q'],
      /q: found one of this many shards: 4, expected 3 as in/,
    ],
    [
      'a part of other specs',
      () =>
        part(
          'other',
          '3/3',
          everyKind((text) => text.replace('Four pages', '4 pages')),
        ),
      ['p1', 'p2', 'other'],
      /other: found the work of other specs/,
    ],
    [
      'a part of other bounds',
      () =>
        cli([
          'verify',
          '--quiet',
          '--memory',
          '256',
          '--shard',
          '3/3',
          '--run',
          at('bounds'),
          spec,
        ]),
      ['p1', 'p2', 'bounds'],
      /bounds: found the work of other specs, patches or bounds/,
    ],
    [
      'a part whose specs were changed since',
      async () => {
        changed('since', (text) => text);
        const [kept = ''] = readdirSync(at('since/specs'));
        const file = at(`since/specs/${kept}`);
        writeFileSync(file, readFileSync(file, 'utf8').replace('Four pages', '4 pages'));
      },
      ['since', 'p1', 'p2'],
      /since: found specs, or patches that they name, that are not those/,
    ],
    [
      'a part whose reach search is under way',
      async () => {
        const isEnd = (line: string): boolean => /^\[0,(?!\{"kind":"slice")/.test(line);
        const without = (text: string): string =>
          text
            .split('\n')
            .filter((line) => !isEnd(line))
            .join('\n');
        changed('under-way', without, 'p1');
        expect(readFileSync(at('under-way/journal.jsonl'), 'utf8')).toMatch(/^\[0,/m);
      },
      ['under-way', 'p2', 'p3'],
      /under-way: found \d+ of \d+ units done, expected all/,
    ],
    [
      'a part of another version',
      async () => changed('version', (text) => text.replace(/"program":"\w+"/, '"program":"01"')),
      ['p1', 'p2', 'version'],
      /version: found a part made by version 01, expected/,
    ],
    [
      'a part that is not done',
      async () => changed('short', (text) => text.split('\n').slice(0, 5).join('\n')),
      ['p1', 'p2', 'short'],
      /short: found [34] of \d+ units done, expected all: verify --resume/,
    ],
    [
      'a part with units of another',
      async () => {
        changed('foreign', (text) => text);
        const line = readFileSync(at('p1/journal.jsonl'), 'utf8').split('\n')[1];
        appendFileSync(at('foreign/journal.jsonl'), `${line}\n`);
      },
      ['p1', 'p2', 'foreign'],
      /found unit \d+, expected those of 3\/3/,
    ],
    ['no part at all', async () => {}, [], /found no folder/],
  ])('merge refuses %s', async (_, prepare, names, message) => {
    await prepare();
    const { code, stdout, stderr } = await merged(names);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each<[readonly string[], RegExp]>([
    [['--shard', '1/2'], /--shard without --run/],
    [['--shard', '0/2', '--run', at('no')], /found "0\/2"/],
    [['--shard', '3/2', '--run', at('no')], /found "3\/2"/],
    [['--shard', '1/2', '--run', at('no'), '--json'], /found --json, expected it with merge/],
  ])('verify %j is refused', async (flags, message) => {
    const { code, stderr } = await cli(['verify', ...flags, spec]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

/** A copy of a part with another journal. */
function changed(name: string, change: (text: string) => string, of = 'p3'): void {
  cpSync(at(of), at(name), { recursive: true });
  const journal = at(`${name}/journal.jsonl`);
  const text = readFileSync(journal, 'utf8');
  writeFileSync(journal, change(text));
}
