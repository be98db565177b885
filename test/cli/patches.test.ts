import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { cli, fileWith } from './run-cli.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UNDER_LOCK = 'patches/2026-03-3-check-under-lock.json';

/** A spec that asks something of a release. */
const specIn = (folder: string, reference: string): string =>
  fileWith(
    'spec.json',
    JSON.stringify({
      spec: 1,
      title: 'T',
      question: 'Q',
      answer: 'A',
      sources: [],
      checks: [
        {
          check: 'enumerate',
          title: 'C',
          bounds: { pages: 3, classes: ['anon r'], limits: [0, 7] },
          expect: [
            {
              invariant: 'shrink-always-possible',
              releases: [reference],
              verdict: 'holds',
              because: 'B',
            },
          ],
        },
      ],
    }),
    folder,
  );

describe('mremap-check with a patch', () => {
  test('prints its steps with the edits marked', async () => {
    const { code, stdout } = await cli(['releases', UNDER_LOCK]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^- {4}early-count-check$/m);
    expect(stdout).toMatch(/^\+11 {2}early-count-check {2}do_mremap {2}ENOMEM$/m);
    expect(stdout.match(/^[-+~]/gm)).toHaveLength(2);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout.replace(/\s+/g, ' ')).toContain('moves behind take-lock, under the mmap lock');
  });

  test('prints the steps of other calls that it edits too', async () => {
    const edit = '{"change":"munmap-count-check","call":"munmap","need":2}';
    const file = fileWith('m.json', `{"patch":1,"title":"T","base":"v7.1","edits":[${edit}]}`);
    const { stdout } = await cli(['releases', file]);
    expect(stdout).toMatch(/^munmap:$/m);
    expect(stdout.match(/^[-+~].*/gm)).toEqual([
      '~ 2  munmap-count-check  vms_gather_munmap_vmas  ENOMEM',
    ]);
    expect(stdout).not.toMatch(/^m(?:map|protect|lock):$/m);
  });

  test('says the same to programs', async () => {
    const { stdout } = await cli(['releases', UNDER_LOCK, '--json']);
    const [release] = JSON.parse(stdout).releases;
    expect(release.id).toBe(UNDER_LOCK);
    expect(release.base).toBe('patches/2026-03-2-read-limit-once.json');
    expect(release.edits).toHaveLength(1);
  });

  test('names file and place of what is wrong, with exit code 2', async () => {
    const text = '{"patch":1,"title":"T","base":"v7.1","edits":[{"drop":"take-lok"}]}';
    const file = fileWith('p.json', text);
    const { code, stdout, stderr } = await cli(['releases', file]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      `mremap-check: ${file}: .edits[0].drop: found "take-lok", expected a step of mremap of v7.1, such as "take-lock"\n`,
    );
  });

  test('finds the same on any number of threads, by a path that is relative to the spec', async () => {
    const file = fileWith(
      'p.json',
      '{"patch":1,"title":"T","base":"v7.1","edits":[{"drop":"early-count-check"}]}',
    );
    const spec = specIn(dirname(file), './p.json');
    const [none, two] = await Promise.all(
      ['0', '2'].map((workers) => cli(['verify', spec, '--workers', workers])),
    );
    expect(none?.code).toBe(0);
    expect(none?.stdout).toContain(`holds   shrink-always-possible\n          ${file}\n`);
    expect(two?.stdout).toBe(none?.stdout);
  });

  test('runs the module of a spec on all threads if it is told so, and otherwise not', async () => {
    const file = fileWith(
      'p.ts',
      "export const base = 'v7.1'; export default (r, k) => k.dropped('mremap', 'early-count-check')(r);",
    );
    const spec = specIn(dirname(file), 'p.ts');
    const refused = await cli(['verify', spec]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('found a module, which is code to be run');
    const trusted = await cli(['verify', spec, '--modules', '--workers', '2']);
    expect(trusted.code).toBe(0);
    expect(trusted.stdout).toContain(file);
  });

  test('prints what a module says on stderr, whichever thread runs it', async () => {
    const file = fileWith(
      'p.mjs',
      `console.log('said'); export const base = 'v7.1';
       export default (r, k) => k.dropped('mremap', 'early-count-check')(r);`,
    );
    for (const workers of ['0', '2']) {
      const args = ['diff', 'v7.1', file, '--pages', '2', '--json', '--quiet'];
      const { code, stdout, stderr } = await cli([...args, '--workers', workers]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout).releases).toEqual(['v7.1', file]);
      expect(stderr).toMatch(/^(said\n)+$/);
    }
  });

  test('is told by diff with its title and its edits, since who reads that need not have it', async () => {
    const edit = '{"change":"early-count-check","need":3}';
    const text = `{"patch":1,"title":"Three are enough","base":"v7.1","edits":[${edit}]}`;
    const { stdout } = await cli([
      'diff',
      'v7.1',
      fileWith('e.json', text),
      '--pages',
      '3',
      '--quiet',
    ]);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'e.json: Three are enough, on v7.1. - early-count-check asks for 3 instead of 4 1. ',
    );
  });

  describe('that breaks down in a call', () => {
    const FAULT = 'mremap(5, 1, 1, MAYMOVE|FIXED, 0) breaks down (rare), expected steps';
    // Only calls in larger windows than those that are tried when it is read.
    const RARE = `export const base = 'v7.1';
      export default (r, k) => k.edited('mremap', 'move-count-check', (s) => [{ ...s,
        run: (x) => { if (x.addr === 5) throw new Error('rare'); return s.run(x); } }])(r);`;
    const file = fileWith('p.mjs', RARE);
    const asked = (): string => {
      const spec = JSON.parse(readFileSync(specIn(newFolder(), file), 'utf8'));
      spec.checks[0].bounds.pages = 6;
      return fileWith('s.json', JSON.stringify(spec));
    };

    const reached = (): string => {
      const spec = JSON.parse(readFileSync(specIn(newFolder(), file), 'utf8'));
      const flags = [['MAYMOVE', 'FIXED']];
      const bounds = { classes: ['anon r'], calls: ['mmap', 'mremap'], flags };
      const runs = [{ pages: 6, limit: 8 }];
      spec.checks = [{ check: 'reach', title: 'R', release: file, bounds, runs, expect: [] }];
      return fileWith('s.json', JSON.stringify(spec));
    };

    test.each([
      ['verify', ['verify', '--modules', asked(), '--workers', '0']],
      ['verify on threads', ['verify', '--modules', asked(), '--workers', '2']],
      ['verify from an empty window', ['verify', '--modules', reached(), '--workers', '0']],
      ['diff', ['diff', 'v7.1', file, '--pages', '6', '--vmas', '1', '--quiet']],
      ['headroom', ['headroom', '--release', file, '--pages', '6', '--quiet']],
      ['replay', ['replay', '--release', file, '-']],
      ['conform', ['conform', '--kernel', 'model:v7.1', '--release', file, '--scenarios', '-']],
    ])('is named by %s with its call, exit code 2', async (_, args) => {
      const move = { call: 'mremap', addr: 5, oldLen: 1, newLen: 1 };
      const scenario = {
        id: 'rare',
        pages: 6,
        headroom: 8,
        setup: [{ call: 'mmap', addr: 5, len: 1, kind: 'anon', prot: 'rw', offset: 0 }],
        calls: [{ ...move, flags: ['MAYMOVE', 'FIXED'], newAddr: 0 }],
      };
      const { code, stdout, stderr } = await cli(args, { input: JSON.stringify(scenario) });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`${file}: found that mremap(5, 1, `);
      expect(stderr).toContain(
        'breaks down (rare), expected steps that bring every call to its end',
      );
      expect(stderr).not.toContain('internal error');
    });

    test('is named where that is in what may fail', async () => {
      const rare = `export const base = 'v7.1';
        const times = (s) => { if (s.addr === 5) throw new Error('rare'); return 0; };
        export default (r, k) => k.edited('mremap', 'flags-known', (s) => [{ ...s,
          mayFail: [{ kernel: 'f', errno: 'ENOMEM', times, fails: (x) => x }] }])(r);`;
      const spec = JSON.parse(readFileSync(specIn(newFolder(), fileWith('f.mjs', rare)), 'utf8'));
      Object.assign(spec.checks[0].bounds, { pages: 6, vmas: 1, failures: 1 });
      const args = ['verify', '--modules', fileWith('s.json', JSON.stringify(spec)), '--quiet'];
      const { code, stderr } = await cli(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/f\.mjs: found that mremap\(5, .* breaks down \(rare\)/);
    });

    test('is named in the programs of traces, which are run in a larger address space', async () => {
      const wide = `export const base = 'v7.1';
        export default (r, k) => k.edited('mremap', 'flags-known', (s) => [{ ...s,
          run: (x) => { if (x.env.taskEnd > 32) throw new Error('wide'); return s.run(x); } }])(r);`;
      const spec = JSON.parse(readFileSync(specIn(newFolder(), fileWith('w.mjs', wide)), 'utf8'));
      spec.checks[0].expect[0].verdict = 'violated';
      const [run, traces] = [join(newFolder(), 'run'), join(newFolder(), 'traces')];
      const args = ['verify', '--modules', fileWith('s.json', JSON.stringify(spec)), '--quiet'];
      const { code, stderr } = await cli([...args, '--run', run, '--traces', traces]);
      expect(stderr).not.toContain('internal error');
      expect(code).toBe(0);
      for (const folder of [join(run, 'traces'), traces]) {
        const [program] = readdirSync(folder).filter((name) => name.endsWith('.c'));
        expect(readFileSync(join(folder, `${program}`), 'utf8')).toContain('breaks down (wide)');
      }
    });

    test('is named by explore', async () => {
      const input = 'mmap(5, 1, anon rw)\nmremap(5, 1, 1, MAYMOVE|FIXED, 0)\n';
      const { code, stderr } = await cli(['explore', '--release', file], { input });
      expect(code).toBe(2);
      expect(stderr).toContain(`standard input:2: ${file}: found that ${FAULT}`);
    });

    test('is named by diff where a step relies on one that JSON has dropped', async () => {
      const edit = '"edits":[{"drop":"new-length-not-zero"}]';
      const json = fileWith('p.json', `{"patch":1,"title":"T","base":"v7.1",${edit}}`);
      const args = ['diff', 'v7.1', json, '--pages', '3', '--odd', '--quiet'];
      const { code, stderr } = await cli(args);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /p\.json: found that mremap\(\d, [\d.]+, 0, .*\) breaks down \(no VMA at/,
      );
    });
  });

  test.each([
    ['diff', (file: string) => ['diff', 'v7.1', file]],
    ['headroom', (file: string) => ['headroom', '--release', file, '--verbose']],
    ['synthesize', (file: string) => ['synthesize', '--release', file]],
  ])('fits a mail by %s, whatever its name', async (_, args) => {
    const folder = join(newFolder(), 'a-folder-of-patches-that-has-a-rather-long-name-of-its-own');
    mkdirSync(folder);
    const text =
      '{"patch":1,"title":"T","base":"v7.1","edits":[{"change":"early-count-check","need":3}]}';
    const file = fileWith('pâtch 😀 with a long name, blanks and odd letters.json', text, folder);
    const mail = ['--pages', '3', '--format', 'mail', '--quiet'];
    const { code, stdout } = await cli([...args(file), ...mail]);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => !/^[ -~]{0,72}$/.test(line))).toEqual([]);
    expect(stdout.replace(/\s+/g, '')).toContain('p<U+E2>tch<U+1F600>withalongname,blanks');
  });

  test('takes one for a kernel, which is compared with its base', async () => {
    const kernel = `model:${join(ROOT, 'patches/early-check-of-new-address.json')}`;
    const args = ['conform', '--kernel', kernel, '--exhaustive', '2', '--quiet', '--json'];
    const { code, stdout } = await cli(args);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).release).toBe('v7.1');
  });
});
