import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { cli, fileWith } from './run-cli.js';

const spec = (change?: Parameters<typeof specText>[0]): string =>
  fileWith('spec.json', specText(change));

describe('mremap-check verify', () => {
  test('exits with 0 when all is as expected, the verdict in the last line', async () => {
    const { code, stdout } = await cli(['verify', spec()]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^all as expected \(1 expected violation\)$/,
    );
    expect(stdout).toContain('limit-enomem-untouched broken on v2.6.33');
  });

  test('exits with 1 and says so when a verdict is not the expected one', async () => {
    const { code, stdout } = await cli([
      'verify',
      spec((s) => {
        s.checks[0].expect[1].verdict = 'holds';
      }),
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('UNEXPECTED: the spec says holds');
    expect(stdout.trimEnd()).toMatch(/1 result not as expected$/);
    expect(stdout).not.toContain('Yes.');
  });

  test('does not take a promise for kept that nothing was a case of', async () => {
    const { code, stdout } = await cli([
      'verify',
      spec((s) => {
        s.checks[0].expect[0].releases = ['v2.6.33'];
      }),
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('no case precheck-enomem-untouched UNEXPECTED');
  });

  test.each([
    ['text', []],
    ['JSON', ['--json']],
  ])('prints the same bytes of %s for any number of workers', async (_, flags) => {
    const file = spec();
    const outputs = await Promise.all(
      ['0', '1', '2', '5'].map((n) => cli(['verify', file, '--workers', n, ...flags])),
    );
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(outputs[0]?.stdout.length).toBeGreaterThan(500);
  });

  test('prints JSON with a version, the bounds and the work behind each verdict', async () => {
    const { stdout } = await cli(['verify', '--json', spec()]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ version: 1, complete: true, asExpected: true });
    const [check] = report.specs[0].checks;
    expect(check.bounds).toMatchObject({ pages: 3, limits: [0, 8] });
    expect(check.searches[0].work).toMatchObject({ results: { ok: expect.any(Number) } });
    expect(check.verdicts[1].counterexample).toMatchObject({
      result: '-ENOMEM',
      setup: expect.any(Array),
    });
  });

  test('shows a breach by the search from an empty window that needs the fewest calls', async () => {
    const file = spec((s) => {
      s.checks[0] = {
        check: 'reach',
        title: 'Two limits',
        release: 'v6.12',
        bounds: { classes: ['anon rw'], calls: ['mmap'], displacements: [0, 1] },
        runs: [
          { pages: 7, limit: 3 },
          { pages: 7, limit: 1 },
        ],
        // mmap() refuses only above the limit: each goes beyond it by as many calls as it has map slots, and one.
        expect: [
          {
            invariant: 'mmap-limit-held',
            releases: ['v6.12'],
            verdict: 'violated',
            because: 'Made up.',
          },
        ],
      };
    });
    const { code, stdout } = await cli(['verify', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('anon rw, displacements 0, 1; mmap()\n');
    expect(stdout).toContain('(1 call from an empty window, under max_map_count = 1)');
  });

  test('keeps to 80 columns', async () => {
    const longTitle = spec((s) => {
      s.title = 'A title that has as many words as a title can have and stay one, and some more';
    });
    const { stdout } = await cli(['verify', '--verbose', longTitle]);
    expect(stdout).toMatch(/^== A title .*\n {3}.* \(spec\.json\)\n/);
    const wide = stdout.split('\n').filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  });

  test('colours nothing off a terminal or under NO_COLOR, and everything under FORCE_COLOR', async () => {
    const file = spec();
    const plain = await cli(['verify', file]);
    const refused = await cli(['verify', file], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
    const forced = await cli(['verify', file], { env: { FORCE_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
    expect(refused.stdout).toBe(plain.stdout);
    expect(forced.stdout).toContain('\u001b');
  });

  test('reports progress on stderr, and nothing there with --quiet', async () => {
    const file = spec();
    const { stderr } = await cli(['verify', file]);
    expect(stderr).toMatch(/^\d+\.\d s: \d+%, .* calls, .*\/s, enumerate v\S+, 3 pages done\n/);
    // One search after the other is done in no time: that is no line each.
    expect(stderr.split('\n')).toHaveLength(3);
    expect((await cli(['verify', '--quiet', file])).stderr).toBe('');
  });

  test('reports what is done when it is interrupted, and exits with 3', async () => {
    const file = spec((s) => {
      s.checks.push({
        ...s.checks[0],
        title: 'Too much for a moment',
        bounds: { pages: 7, classes: ['anon r', 'anon rw'], limits: [0, 10] },
      });
      s.checks[1].expect = [{ ...s.checks[0].expect[0], releases: ['v7.2'] }];
    });
    const { code, stdout, stderr } = await cli(['verify', file], { signal: 'SIGINT' });
    expect(stderr).toContain('interrupted');
    expect(code).toBe(3);
    expect(stdout).toContain('not finished');
    expect(stdout.trimEnd()).toMatch(/not finished; what was done is as expected$/);
    // The answer is shown while the checks bear it out.
    expect(stdout).not.toContain('Yes.');
  });

  test('tells steps that never ran from those that ran and never refused', async () => {
    const { stdout } = await cli([
      'verify',
      spec((s) => {
        s.checks[0].bounds.flags = [[]];
      }),
    ]);
    // Without MAYMOVE nothing moves, and what the move check would refuse never comes to it.
    const text = stdout.replace(/\s+/g, ' ');
    const [, idle = '', neverRefused = ''] =
      /steps that never ran: (.*) steps that ran and never refused: (.*?) \d/.exec(text) ?? [];
    expect(idle).toContain('move-count-check');
    expect(neverRefused).not.toBe('');
    expect(neverRefused).not.toContain('move-count-check');
  });

  test('ends at once at the second interruption, without a report', async () => {
    const cwd = newFolder();
    // The thread that searches is in the middle of a piece, and stays there.
    const stuck = `import { writeSync } from 'node:fs';
      import { isMainThread } from 'node:worker_threads';
      if (!isMainThread) {
        writeSync(2, 'at work');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
      }
      export const base = 'v7.1';
      export default (r, k) => k.dropped('mremap', 'early-count-check')(r);`;
    fileWith('stuck.mjs', stuck, cwd);
    const text = specText((s) => {
      for (const one of s.checks[0].expect) one.releases = ['stuck.mjs'];
    });
    fileWith('spec.json', text, cwd);
    const args = ['verify', '--quiet', '--modules', '--workers', '1', 'spec.json'];
    const began = performance.now();
    const ended = await cli(args, { cwd, signal: 'SIGINT', again: /interrupted/ });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

/** A comparison that expects some classes. */
const comparing =
  (...expected: readonly object[]): NonNullable<Parameters<typeof specText>[0]> =>
  (s) => {
    s.checks[0] = {
      check: 'compare',
      title: 'Two',
      releases: ['v6.17', 'v7.1'],
      bounds: { pages: 3, classes: ['anon rw'], limits: [1, 7], flags: [[]], lengths: 'equal' },
      expect: expected.map((one) => ({ ...NO_OP, ...one })),
    };
  };

const NO_OP = { shape: 'no-op', from: 'ok', to: 'ENOMEM', headroom: [-2, 3], because: 'Made up.' };

describe('bad specs', () => {
  test.each<[string, Parameters<typeof specText>[0], string]>([
    [
      'an unknown release',
      (s) => s.checks[0].expect[0].releases.push('v9.9'),
      '.checks[0].expect[0].releases[1]: found "v9.9", expected a release, one of those that mremap-check releases lists, such as v7',
    ],
    [
      'a variant of a check that the release does not have',
      (s) => s.checks[0].expect[0].releases.push('v2.6.33[early=3]'),
      'it has no early-count-check',
    ],
    [
      'an unknown invariant',
      (s) => {
        s.checks[0].expect[0].invariant = 'nope';
      },
      '.checks[0].expect[0].invariant: found "nope", expected an invariant, one of limit-held',
    ],
    [
      'a limit below zero',
      (s) => {
        s.checks[0].bounds.limits = [-1, 3];
      },
      '.checks[0].bounds.limits[0]: found -1, expected a map limit, a whole number from 0',
    ],
    [
      'limits the wrong way round',
      (s) => {
        s.checks[0].bounds.limits = [4, 3];
      },
      '.checks[0].bounds.limits: found [4,3], expected the lesser limit first',
    ],
    [
      'too many pages',
      (s) => {
        s.checks[0].bounds.pages = 33;
      },
      '.checks[0].bounds.pages: found 33, expected pages, a whole number from 1 to 32',
    ],
    [
      'an unknown class',
      (s) => {
        s.checks[0].bounds.classes = ['anon rwx'];
      },
      '.checks[0].bounds.classes[0]: found "anon rwx", expected a class of VMA',
    ],
    ...[
      'anon rw accounted',
      'fshared rw unaccounted',
      'fpriv r displaced',
      'shm rw populated',
      'special r locked',
      'ramfs r armed',
    ].map((words): [string, Parameters<typeof specText>[0], string] => [
      `a class that no VMA is of, ${words}`,
      (s) => {
        s.checks[0].bounds.classes = [words];
      },
      `.checks[0].bounds.classes[0]: found "${words}", expected a class of VMA`,
    ]),
    [
      'an unknown flag',
      (s) => {
        s.checks[0].bounds.flags = [['FIXD']];
      },
      '.checks[0].bounds.flags[0][0]: found "FIXD", expected a flag, one of MAYMOVE, FIXED, DONTUNMAP',
    ],
    [
      'a misspelt field',
      (s) => {
        s.checks[0].bounds.page = 3;
      },
      'not "page"',
    ],
    [
      'a missing reason',
      (s) => {
        s.checks[0].expect[0].because = ' ';
      },
      '.checks[0].expect[0].because: found " ", expected some words',
    ],
    [
      'an unknown kind of check',
      (s) => {
        s.checks[0].check = 'guess';
      },
      '.checks[0]: found',
    ],
    [
      'a class of differences that is expected twice',
      comparing({}, { from: 'EFAULT', headroom: [-1, 3] }, { headroom: [0, 1] }),
      '.checks[0].expect[2]: found "no-op: ok -> ENOMEM" again, expected each class once, and [0] has it',
    ],
    ...(
      [
        [
          { shape: 'noop' },
          '.shape: found "noop", expected a shape, one of "no-op", "shrink in place", ',
        ],
        [{ from: 'okay' }, '.from: found "okay", expected ok, or one of EPERM, '],
        [{ to: 'EFOO' }, '.to: found "EFOO", expected ok, or one of EPERM, '],
        [{ to: 'ok' }, '.to: found "ok", expected ok, or one of'],
        [{ to: 'ENOMEM, other VMAs' }, 'for what is "ok" on both, "ok, other VMAs"'],
        [{ headroom: [3, -2] }, '.headroom: found [3,-2], expected the lesser headroom first'],
        [{ headroom: [0.5, 2] }, '.headroom[0]: found 0.5, expected headroom, a whole number'],
        [{ headroom: [0, 1, 2] }, '.headroom: found [0,1,2], expected a pair of the least and'],
      ] as const
    ).map(([wrong, message]): [string, Parameters<typeof specText>[0], string] => [
      `a class of differences with ${JSON.stringify(wrong)}`,
      comparing(wrong),
      message,
    ]),
    [
      'three releases side by side',
      (s) => {
        comparing()(s);
        s.checks[0].releases.push('v7.2');
      },
      '.checks[0].releases: found ["v6.17","v7.1","v7.2"], expected a pair of releases',
    ],
    [
      'three limits',
      (s) => {
        s.checks[0].bounds.limits = [1, 2, 3];
      },
      '.checks[0].bounds.limits: found [1,2,3], expected a pair of the least and the greatest map limit',
    ],
    [
      'flags that are another word',
      (s) => {
        s.checks[0].bounds.flags = 'all';
      },
      '.checks[0].bounds.flags: found "all", expected "any" or a list of lists of flags',
    ],
    [
      'flags that are one list',
      (s) => {
        s.checks[0].bounds.flags = ['FIXED'];
      },
      '.checks[0].bounds.flags[0]: found "FIXED", expected a list, each a flag, one of MAYMOVE',
    ],
    [
      'numbers of a search that are none',
      (s) => {
        s.checks[0] = {
          check: 'reach',
          title: 'Numbers',
          release: 'v6.12',
          bounds: { classes: ['anon r'], calls: ['mmap'] },
          runs: [{ pages: 2, limit: 4, states: -1.5 }],
          expect: [],
        };
      },
      '.checks[0].runs[0].states: found -1.5, expected a count, a whole number from 0',
    ],
    [
      'the same expected twice',
      (s) => {
        s.checks[0].expect[0].releases = ['v5.1', 'v5.2'];
      },
      '.checks[0].expect[0].releases[1]: found "precheck-enomem-untouched on v5.1" again, expected each invariant once on a release, and [0] has it',
    ],
    [
      'the same expected twice, behind other releases',
      (s) => {
        const { expect: expected } = s.checks[0];
        expected[0].releases = ['v5.1', 'v5.7'];
        expected[1] = { ...expected[0], releases: ['v5.13', 'v5.7'] };
      },
      '.checks[0].expect[1].releases[1]: found "precheck-enomem-untouched on v5.7" again, expected each invariant once on a release, and [0] has it',
    ],
    [
      'the same expected twice of a race',
      (s) => {
        const { expect: expected } = s.checks[0];
        s.checks[0] = {
          check: 'race',
          title: 'R',
          bounds: { pages: 2, classes: ['anon r'], limits: [0, 2], threads: [{ calls: ['mmap'] }] },
          expect: [expected[0], { ...expected[0], verdict: 'violated' }],
        };
      },
      '.checks[0].expect[1].releases[0]: found "precheck-enomem-untouched on v5.1" again',
    ],
    ...(
      [
        [{ calls: ['mmap', 'touch', 'mremap'] }, 'none, expected a list such as [-1,0,1]'],
        [{ classes: ['anon r', 'fpriv r'] }, 'none, expected a list such as [-1,0,1]'],
        [{ classes: ['shm rw'], flags: [[], ['MAYMOVE']] }, 'none, expected a list'],
        [{ displacements: [1, 2] }, '[1,2], expected 0 among them, which is what mmap() gives'],
      ] as const
    ).map(([given, message]): [string, Parameters<typeof specText>[0], string] => [
      `page offsets without a bound, ${JSON.stringify(given)}`,
      (s) => {
        s.checks[0] = {
          check: 'reach',
          title: 'Moves',
          release: 'v6.12',
          bounds: { classes: ['anon r'], calls: ['mmap', 'mremap'], ...given },
          runs: [{ pages: 2, limit: 4 }],
          expect: [],
        };
      },
      `.checks[0].bounds.displacements: found ${message}`,
    ]),
    [
      'what is displaced, without a displacement',
      (s) => {
        s.checks[0].bounds.classes = ['anon rw', 'anon rw displaced'];
      },
      '.checks[0].bounds.displacements: found [0], expected one other than 0 for the classes that are displaced',
    ],
    [
      'no VMA',
      (s) => {
        s.checks[0].bounds.vmas = 0;
      },
      '.checks[0].bounds.vmas: found 0, expected VMAs, a whole number from 1 to 32',
    ],
    [
      'more identities than a VMA word holds',
      (s) => {
        s.checks[0].bounds.identities = 16;
      },
      '.checks[0].bounds.identities: found 16, expected identities, a whole number from 1 to 15',
    ],
    ...[-32, 32].map((displacement): [string, Parameters<typeof specText>[0], string] => [
      `a displacement that no move within 32 pages has, ${displacement}`,
      (s) => {
        s.checks[0].bounds.displacements = [0, displacement];
      },
      `.checks[0].bounds.displacements[1]: found ${displacement}, expected a displacement in pages, a whole number from -31 to 31`,
    ]),
    [
      'a class again',
      (s) => {
        s.checks[0].bounds.classes = ['anon rw', 'anon r', 'anon rw'];
      },
      'expected each entry once, and [2] is [0] again',
    ],
    [
      'flags again in another order',
      (s) => {
        s.checks[0].bounds.flags = [['MAYMOVE', 'FIXED'], [], ['FIXED', 'MAYMOVE']];
      },
      'expected each entry once, and [2] is [0] again',
    ],
    [
      'no flags at all',
      (s) => {
        s.checks[0].bounds.flags = [];
      },
      '.checks[0].bounds.flags: found [], expected at least one entry',
    ],
    [
      'one variant by two names',
      (s) => {
        s.checks[0].expect[0].releases = ['v6.12[move=3,early=5]', '6.12.1[early=05,move=3]'];
      },
      'found "precheck-enomem-untouched on v6.12[early=5,move=3]" again',
    ],
    [
      'a check with two headrooms',
      (s) => {
        s.checks[0].expect[0].releases = ['v6.12[early=3,early=4]'];
      },
      'expected a release, early once in the brackets',
    ],
    [
      'a text of two lines',
      (s) => {
        s.checks[0].title = 'one\ntwo';
      },
      '.checks[0].title: found "one\\ntwo", expected text without control characters',
    ],
    [
      'another version',
      (s) => {
        s.spec = 2;
      },
      '.spec: found 2, expected 1',
    ],
  ])('%s', async (_, change, message) => {
    const file = spec(change);
    const { code, stdout, stderr } = await cli(['verify', file]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${file}: `);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a byte order mark is none of their faults', async () => {
    const file = fileWith('spec.json', `\uFEFF${specText()}`);
    expect((await cli(['verify', '--quiet', file])).code).toBe(0);
  });

  test('a file that is no JSON', async () => {
    const file = fileWith('spec.json', 'pages: 5\n');
    const { code, stderr } = await cli(['verify', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: found something that is not JSON`);
  });

  test.each<[string, (file: string) => string[]]>([
    ['verify', (file) => ['verify', file]],
    ['trace', (file) => ['trace', file]],
    ['confirm', (file) => ['confirm', file, '--kernel', 'model:v7.1']],
    ['explore', (file) => ['explore', file]],
    ['releases', (file) => ['releases', file]],
    ['report --from', (file) => ['report', '--from', file, '-o', newFolder()]],
  ])('a file that is nested too deep, read by %s', async (_, args) => {
    const file = fileWith('deep.json', '['.repeat(5000) + ']'.repeat(5000));
    const { code, stdout, stderr } = await cli(args(file));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/deep\.json: found JSON nested more than 100 deep, expected at most/);
  });

  test('a key that is there twice: JSON.parse() would take the second', async () => {
    const twice = readFileSync(spec(), 'utf8').replace('"bounds"', '"bounds": {}, "bounds"');
    const { code, stdout, stderr } = await cli(['verify', fileWith('twice.json', twice)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /twice\.json: \.checks\[0\]\.bounds: found a second time, expected once\n$/,
    );
  });

  test('bytes that are not UTF-8', async () => {
    const file = fileWith('latin.json', '');
    writeFileSync(file, Buffer.from('{"title": "Z\xfcrich"}', 'latin1'));
    const { code, stderr } = await cli(['verify', file]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `mremap-check: ${file}: found bytes that are not UTF-8, expected a spec\n`,
    });
  });

  test('a device, which may have no end', async () => {
    const { code, stderr } = await cli(['verify', '/dev/zero']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'mremap-check: /dev/zero: found a device, expected a file with a spec\n',
    });
  });

  test('the file of an output that is a spec of the run', async () => {
    const file = spec();
    const text = readFileSync(file, 'utf8');
    const { code, stderr } = await cli(['verify', file, '--sarif', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('found a spec of this run, expected another file');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('one file by two names is one spec', async () => {
    const file = spec();
    const other = `${dirname(file)}/./${basename(file)}`;
    const once = await cli(['verify', '--quiet', file]);
    expect(await cli(['verify', '--quiet', file, other, dirname(file)])).toEqual(once);
  });

  test.each(['verify', 'report'])('a report of verify --json, given to %s', async (command) => {
    const { stdout: report } = await cli(['verify', '--json', '--quiet', spec()]);
    const file = fileWith('found.json', report);
    const { code, stderr } = await cli([command, file], { cwd: newFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${file}: found a report of verify --json, expected a spec; report --from and trace take it`,
    );
  });

  test('a patch', async () => {
    const file = fileWith('p.json', '{"patch":1,"title":"T","base":"v7.1","edits":[]}');
    const { code, stderr } = await cli(['verify', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: found a patch, expected a spec; releases and diff take it`);
  });

  test('a message has no commands for a terminal', async () => {
    const { code, stderr } = await cli(['verify', fileWith('spec.json', 'a\u001b[31m')]);
    expect(code).toBe(2);
    expect(stderr).not.toContain('\u001b');
  });

  test('a file that is not there, and a folder without specs', async () => {
    const missing = await cli(['verify', '/nowhere/spec.json']);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('/nowhere/spec.json: no such file, expected a spec');
    const unnamed = await cli(['verify', '']);
    expect(unnamed.stderr).toContain('"": found an empty name, expected a file with a spec');
    const folder = fileWith('notes.txt', '').replace(/\/notes\.txt$/, '');
    const empty = await cli(['verify', folder]);
    expect(empty.stderr).toContain('found no .json file, expected specs');
  });
});
