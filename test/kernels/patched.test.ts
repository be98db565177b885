import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KernelDied } from '../../src/conformance/failed.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { openKernel } from '../../src/kernels/open.js';
import { cli, fileWith } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { GREETING, script } from './fakes.js';

/** Folders of guests of this process. */
const MINE = `mremap-check-guest-${process.pid}-`;

/** A program in the part of user-mode Linux; the words of a request are in the names of its fields. */
const patched = (name: string, ...answer: readonly string[]): string =>
  `uml:${script(
    name,
    `echo "${GREETING}"`,
    'while read id pages headroom setups calls rest; do',
    '[ $pages = 0 ] && echo "@$id e" && continue',
    ...answer,
    'done',
  )}`;

/** Unmaps a page of an empty window, which succeeds in the model. */
const scenario = (id: string, pages: number): string =>
  JSON.stringify({
    id,
    pages,
    headroom: 0,
    setup: [],
    calls: [{ call: 'munmap', addr: 0, len: 1 }],
  });

const scenarios = (...lines: readonly string[]): string =>
  fileWith('scenarios.jsonl', `${lines.join('\n')}\n`);

const conform = (kernel: string, file: string, ...more: readonly string[]) =>
  cli(['conform', '--kernel', kernel, '--release', 'v7.1', '--scenarios', file, ...more]);

describe('a kernel that returns an errno that the model does not know', () => {
  const kernel = patched(
    'errnos',
    'case $pages in 7) r=0 ;; 8) r=-524 ;; *) r=-95 ;; esac',
    'echo "@$id |;$r 0 0 0 0 ="',
  );

  test('disagrees, with the name of the errno or its number', async () => {
    const file = scenarios(
      scenario('fine', 7),
      scenario('one', 6),
      scenario('two', 5),
      scenario('three', 8),
    );
    const { code, stdout, stderr } = await conform(kernel, file);
    expect(stderr).not.toContain('no outcome');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      / {2}munmap: model ok, kernel -EOPNOTSUPP\n {2}differs in result \(2 scenarios\)/,
    );
    expect(stdout).toMatch(/kernel .*returns -EOPNOTSUPP$/m);
    expect(stdout).toMatch(
      / {2}munmap: model ok, kernel errno 524\n {2}differs in result \(1 scenario\)/,
    );
    expect(stdout).toContain('9.9.9 does not behave as v7.1: 3 disagreements in 2 classes');
  });

  test('is told to programs in the same words', async () => {
    const { stdout } = await conform(kernel, scenarios(scenario('three', 8)), '--json');
    const [found] = JSON.parse(stdout).classes;
    expect(found).toMatchObject({ kernel: 'errno 524' });
    expect(found.outcomes.kernel.steps[0].result).toEqual({ errno: 'errno 524' });
  });
});

describe('a kernel that panics', () => {
  const kernel = patched(
    'panics',
    '[ $pages = 7 ] && echo "Kernel panic - not syncing: always" >&2 && exit 1',
    '[ $pages = 8 ] && [ "$before" = 45 ] && echo "Kernel panic - not syncing: by then" >&2 && exit 1',
    'before=$before$pages',
    '[ $calls = 0 ] && echo "@$id |" && continue',
    'echo "@$id |;0 0 0 0 0 ="',
  );
  const file = scenarios(
    scenario('fine', 4),
    scenario('always', 7),
    scenario('good', 5),
    scenario('by-then', 8),
  );

  test('is started anew, and the scenarios are findings', async () => {
    const { code, stdout } = await conform(kernel, file);
    expect(code).toBe(1);
    expect(stdout).toContain('  2 scenarios compared\n');
    expect(stdout).toMatch(
      / {2}the kernel did not survive always, again when it was run alone; nor this smaller one\n {2}set-up {4}nothing mapped\n.*\n\n {2}the guest of uml:\S+ ended, in scenario always \(exit code 1\); it said:\n {4}Kernel panic - not syncing: always\n/,
    );
    expect(stdout).toContain(
      '  the kernel did not survive by-then, but did when it was run alone\n',
    );
    expect(stdout).toMatch(
      /9\.9\.9 does not behave as v7\.1: 0 disagreements in 0 classes, and 2 scenarios that it did not survive\n$/,
    );
  });

  test('is told to programs, with the scenarios; it is no result to keep', async () => {
    const out = join(newFolder(), 'kept.json');
    const { code, stdout, stderr } = await conform(kernel, file, '--json', '--out', out);
    expect(code).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ agrees: false, complete: true, failure: null, classes: [] });
    expect(report.notSurvived).toMatchObject([
      {
        scenario: { id: 'always', pages: 7, calls: [{ call: 'munmap' }] },
        alone: 'died',
        smallest: { scenario: { id: 'always', pages: 7, calls: [] } },
      },
      { scenario: { id: 'by-then' }, alone: 'survived' },
    ]);
    expect(stderr).toContain('kept.json: not written, the kernel did not survive it');
    expect(existsSync(out)).toBe(false);
  });

  test('is given up at the fourth scenario, with what was found', async () => {
    const many = scenarios(...['a', 'b', 'c', 'd'].map((id) => scenario(id, 7)));
    const { code, stdout } = await conform(kernel, many);
    expect(code).toBe(1);
    expect(stdout).toContain('the kernel did not survive c, again when it was run alone');
    expect(stdout).toMatch(
      /not finished; the guest of \S+ ended, in scenario d .*\n {2}Kernel panic.*\nbefore that it did not survive a, b, c\n/,
    );
  });

  test('leaves nothing behind', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(MINE));
    const opened = await openKernel(kernel);
    const first = left();
    const asked = parseScenario(scenario('always', 7), 'test');
    await expect(opened.run([asked])).rejects.toThrow(KernelDied);
    const never = new AbortController().signal;
    await opened.restart?.(never);
    expect(left()).toHaveLength(1);
    expect(left()).not.toEqual(first);
    // In the middle of a start.
    const started = opened.restart?.(never);
    await opened.close();
    await started;
    expect(left()).toEqual([]);
  });
});

test('the running kernel is not ours to start', async () => {
  const live = await openKernel('live');
  await live.close();
  expect(live.restart).toBeUndefined();
});
