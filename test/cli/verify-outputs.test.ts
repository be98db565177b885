import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { cli, fileWith } from './run-cli.js';

/** The small spec as one would write it, a field a line. */
const spec = (change?: Parameters<typeof specText>[0]): string =>
  fileWith('spec.json', JSON.stringify(JSON.parse(specText(change)), null, 2));

const wrongVerdict = (): string =>
  spec((s) => {
    s.checks[0].expect[1].verdict = 'holds';
  });

/** One check of each kind, none of them as expected. */
const wrongInAllWays = (): string =>
  spec((s) => {
    const { bounds } = s.checks[0];
    s.checks[0].expect[1].verdict = 'holds';
    s.checks.push(
      {
        check: 'compare',
        title: 'Two',
        releases: ['v2.6.33', 'v5.1'],
        bounds,
        expect: [
          { shape: 'no-op', from: 'ok', to: 'EPERM', headroom: [0, 1], because: 'Made up.' },
        ],
      },
      {
        check: 'reach',
        title: 'Numbers',
        release: 'v6.12',
        bounds: { classes: ['anon r'], calls: ['mmap', 'munmap'] },
        runs: [{ pages: 2, limit: 4, states: 1 }],
        expect: [],
      },
    );
  });

const lineOf = (file: string, number: number): string =>
  readFileSync(file, 'utf8').split('\n')[number - 1] ?? '';

describe('verify writes for other tools', () => {
  test('a test case for each expectation; an expected violation passes', async () => {
    const out = join(newFolder(), 'out.xml');
    const { code } = await cli(['verify', '--junit', out, spec()]);
    expect(code).toBe(0);
    const xml = readFileSync(out, 'utf8');
    expect(xml).toContain('tests="2" failures="0" errors="0"');
    expect(xml).toContain('<testcase name="limit-enomem-untouched on v2.6.33" classname="spec"/>');
  });

  test('the counterexample of an unexpected verdict, and where the spec says otherwise', async () => {
    const file = wrongVerdict();
    const [xml, sarif] = [join(newFolder(), 'out.xml'), join(newFolder(), 'out.sarif')];
    const { code } = await cli(['verify', '--junit', xml, '--sarif', sarif, file]);
    expect(code).toBe(1);
    expect(readFileSync(xml, 'utf8')).toMatch(/<failure [^>]*the spec says holds[^>]*>[^<]*set-up/);
    const [{ results }] = JSON.parse(readFileSync(sarif, 'utf8')).runs;
    const { startLine } = results[0].locations[0].physicalLocation.region;
    expect(lineOf(file, startLine)).toContain('"verdict": "holds"');
    expect(results[0].message.text).toContain('limit-enomem-untouched broken on v2.6.33');
  });

  test('annotations where it runs in GitHub Actions, on stderr, at the line of what was expected', async () => {
    const file = wrongInAllWays();
    const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: dirname(file) };
    const { stdout, stderr } = await cli(['verify', '--json', '--quiet', file], { env });
    JSON.parse(stdout);
    const places = stderr
      .trimEnd()
      .split('\n')
      .map((line) => /^::error file=spec\.json,line=(\d+),col=\d+,title=([^:]*)::/.exec(line));
    const at = places.map((found) => [found?.[2], lineOf(file, Number(found?.[1])).trim()]);
    expect(at).toContainEqual(['limit-enomem-untouched on v2.6.33', '"verdict": "holds",']);
    expect(at).toContainEqual(['no-op%3A ok -> EPERM (v2.6.33 -> v5.1)', '"headroom": [']);
    expect(at).toContainEqual([expect.stringContaining('FIXED move%3A'), '"expect": [']);
    expect(at).toContainEqual([expect.stringContaining('numbers of v6.12'), '"states": 1']);
    expect(at.every(([, line]) => line !== '')).toBe(true);
  });

  test('annotations where they are asked for, and none elsewhere', async () => {
    const file = wrongVerdict();
    const env = { GITHUB_ACTIONS: '' };
    const [plain, asked] = await Promise.all([
      cli(['verify', '--quiet', file], { env }),
      cli(['verify', '--quiet', '--github', file], { env }),
    ]);
    expect(plain.stderr).toBe('');
    expect(asked.stderr).toMatch(/^::error file=/);
    expect(asked.stdout).toBe(plain.stdout);
  });

  test('an error for what was not finished', async () => {
    const out = join(newFolder(), 'out.xml');
    const file = spec((s) => {
      s.checks[0].bounds = { pages: 7, classes: ['anon r', 'anon rw'], limits: [0, 10] };
    });
    const small = spec();
    const { code } = await cli(['verify', small, file, '--junit', out], { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(readFileSync(out, 'utf8')).toMatch(/<error [^>]*not finished/);
  });
});

describe('outputs that cannot be written are refused before the run', () => {
  const big = (): string =>
    spec((s) => {
      s.checks[0].bounds = { pages: 12, classes: ['anon r', 'anon rw'], limits: [0, 20] };
    });

  test.each<[string, (dir: string) => string[], string]>([
    ['a folder that is not there', (dir) => ['--junit', `${dir}/no/x`], 'found|no such folder'],
    ['a folder in the place of a file', (dir) => ['--sarif', dir], 'found a folder'],
    ['a device', () => ['--sarif', '/dev/null'], 'found no regular file'],
    ['no name', () => ['--junit', ''], '--junit "": found an empty name'],
    ['a folder of no name', () => ['--traces', ''], '"": found an empty name'],
    [
      'one file for two, by a link',
      () => {
        const file = fileWith('x', '');
        symlinkSync(file, `${file}-link`);
        return ['--sarif', `${file}-link`, '--junit', file];
      },
      'a file for each',
    ],
    [
      'one file for two',
      (dir) => ['--sarif', `${dir}/x`, '--junit', `${dir}/x`],
      'a file for each',
    ],
    [
      'one file for two, by two paths',
      (dir) => ['--sarif', `${dir}/./x`, '--junit', `${dir}//x`],
      'a file for each',
    ],
    ['a folder that is not empty', (dir) => ['--run', dirname(dir)], 'not empty'],
    ['a place that is not there', (dir) => ['--run', `${dir}/no/x`], 'no such folder'],
    ['a file in the place of a folder', () => ['--run', '/etc/hostname'], 'ENOTDIR'],
    [
      'a file in the place of a folder for traces',
      () => ['--traces', '/etc/hostname'],
      '/etc/hostname: found a file, expected a folder for traces',
    ],
  ])('%s', async (_, flags, message) => {
    const dir = newFolder();
    const { code, stdout, stderr } = await cli(['verify', ...flags(dir), big()]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(message));
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(dir)).toEqual([]);
  });

  test('a file that is there is replaced in one piece, and a link stays a link', async () => {
    const dir = newFolder();
    writeFileSync(join(dir, 'old.xml'), 'old');
    symlinkSync('old.xml', join(dir, 'link.xml'));
    await cli(['verify', '--junit', join(dir, 'link.xml'), spec()]);
    expect(readFileSync(join(dir, 'old.xml'), 'utf8')).toContain('<testsuites');
    expect(readdirSync(dir).sort()).toEqual(['link.xml', 'old.xml']);
  });
});

describe('verify --run', () => {
  test('keeps the command, the versions, the specs, the report and the traces', async () => {
    const dir = join(newFolder(), 'a run');
    const [one, two] = [spec(), wrongVerdict()];
    const result = await cli(['verify', '--run', dir, one, two]);
    expect(result.code).toBe(1);
    expect(readdirSync(dir).sort()).toEqual([
      'journal.jsonl',
      'report.json',
      'report.txt',
      'run.json',
      'specs',
      'traces',
    ]);
    const run = JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'));
    expect(run).toMatchObject({
      version: 1,
      command: `mremap-check verify --run '${dir}' ${one} ${two}`,
      node: process.version,
      complete: true,
      asExpected: false,
    });
    expect(run.revision.mremapCheck).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
    expect(run.revision.folder).toBe(run.revision.mremapCheck);
    expect(readFileSync(join(dir, 'specs/spec.json'), 'utf8')).toBe(readFileSync(one, 'utf8'));
    expect(readFileSync(join(dir, 'specs/spec-2.json'), 'utf8')).toBe(readFileSync(two, 'utf8'));
    expect(readdirSync(join(dir, 'traces'))).toContain('v2.6.33-limit-enomem-untouched.txt');
    const again = await cli(['verify', '--json', join(dir, 'specs')]);
    const report = JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8'));
    const verdicts = (specs: { file: string; checks: unknown }[]) =>
      specs.map(({ checks }) => JSON.stringify(checks)).sort();
    expect(verdicts(JSON.parse(again.stdout).specs)).toEqual(verdicts(report.specs));
  });

  test('says of the first counterexample that no spec expects when it is found, and of no other', async () => {
    const notes = async (...files: readonly string[]): Promise<string[]> => {
      const args = ['verify', '--run', join(newFolder(), 'run'), ...files];
      return (await cli(args)).stderr.match(/^unexpected, .*$/gm) ?? [];
    };
    const [expected, one, other] = [
      spec(),
      wrongVerdict(),
      spec((s) => {
        s.checks[0].expect[1] = {
          ...s.checks[0].expect[1],
          releases: ['v2.6.12'],
          verdict: 'holds',
        };
      }),
    ];
    expect(await notes(expected)).toEqual([]);
    expect(await notes(expected, one)).toEqual([
      'unexpected, spec.json: limit-enomem-untouched broken on v2.6.33',
    ]);
    expect(await notes(one, other)).toHaveLength(1);
  });

  test('keeps specs that do the same again where they name patches by a path', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'mine'));
    const text = '{"patch":1,"title":"T","base":"v7.1","edits":[{"drop":"early-count-check"}]}';
    fileWith('p.json', text, join(cwd, 'mine'));
    const named = specText((s) => {
      for (const one of s.checks[0].expect) one.releases = ['./p.json'];
    });
    fileWith('spec.json', named, join(cwd, 'mine'));
    const first = await cli(['verify', '--quiet', 'mine/spec.json', '--run', 'one'], { cwd });
    expect(first.stdout).toContain('mine/p.json');
    for (const again of [
      ['one/specs', '--run', 'two'],
      ['two/specs'],
      ['one/specs/spec.json'],
      ['--resume', 'two'],
    ]) {
      expect(await cli(['verify', '--quiet', ...again], { cwd })).toEqual(first);
    }
    // A run of kept specs does not need the run that kept them first, nor is it led in a circle by another in its place.
    rmSync(join(cwd, 'one'), { recursive: true });
    for (const again of [
      ['two/specs', '--run', 'one'],
      ['--resume', 'two'],
      ['--resume', 'one'],
    ]) {
      expect(await cli(['verify', '--quiet', ...again], { cwd })).toEqual(first);
    }
  });

  test('takes an empty folder, and leaves nothing where the specs are bad', async () => {
    const dir = newFolder();
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    expect((await cli(['verify', '--run', empty, spec()])).code).toBe(0);
    expect(existsSync(join(empty, 'run.json'))).toBe(true);
    expect(readdirSync(dir)).toEqual(['empty']);
    expect((await cli(['verify', '--run', join(dir, 'x'), '/nowhere.json'])).code).toBe(2);
    expect(readdirSync(dir)).toEqual(['empty']);
  });
});
