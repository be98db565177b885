import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { specText } from '../support/specs.js';
import { fileWith, MAIN } from './run-cli.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a shell, with what follows its words there; the code is that of the command. */
function inShell(args: readonly string[], rest: string, input = ''): Ended {
  const line = `"$@" ${rest}; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', line, 'bash', process.execPath, MAIN, ...args],
    { encoding: 'utf8', input },
  );
  return { code: status ?? -1, stdout, stderr };
}

const asExpected = fileWith('spec.json', specText());
const unexpected = fileWith(
  'spec.json',
  specText((s) => {
    s.checks[0].expect[1].verdict = 'holds';
  }),
);

describe('a reader of the results that leaves early', () => {
  test.each([
    ['as expected', asExpected, 0],
    ['unexpected', unexpected, 1],
  ])('leaves the exit code of what is %s as it is', (_, spec, code) => {
    const ended = inShell(['verify', '--json', '--quiet', spec], '| true');
    expect(ended).toEqual({ code, stdout: '', stderr: '' });
  });

  test('ends an exploration, whose commands nobody sees obeyed', () => {
    const ended = inShell(['explore'], '| head -1', '?\n'.repeat(200_000));
    expect(ended.code).toBe(3);
    expect(ended.stdout).toMatch(/^explore /);
  });
});

describe('results that cannot be written', () => {
  test.each([[['releases']], [['verify', '--quiet', asExpected]], [['--help']]])(
    '%j says so in a line, and exits with 2',
    (args) => {
      const { code, stderr } = inShell(args, '> /dev/full');
      expect(code).toBe(2);
      expect(stderr).toBe(
        'mremap-check: standard output: cannot be written (ENOSPC), expected a place for the results\n',
      );
    },
  );
});

describe('progress that nobody is shown', () => {
  test.each(['2> /dev/full', '2> >(true)', '2> >(head -c 1 > /dev/null)'])(
    'does not end the search: %s',
    (rest) => {
      const { code, stdout } = inShell(['verify', asExpected], rest);
      expect(code).toBe(0);
      expect(stdout).toMatch(/all as expected \(1 expected violation\)\n$/);
    },
  );
});
