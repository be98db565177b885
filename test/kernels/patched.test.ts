import { describe, expect, test } from 'vitest';
import { cli, fileWith } from '../cli/run-cli.js';
import { GREETING, script } from './fakes.js';

/** A program in the part of user-mode Linux; the words of a request are in the names of its fields. */
const patched = (name: string, ...answer: readonly string[]): string =>
  `uml:${script(
    name,
    `echo "${GREETING}"`,
    'while read id pages headroom setups calls rest; do',
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
