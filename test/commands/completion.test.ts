import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Shell } from '../../src/commands/command.js';
import { completionScript } from '../../src/commands/completion/index.js';
import { COMMANDS } from '../../src/commands/table.js';
import { fileWith } from '../cli/run-cli.js';

const KNOWN = { release: ['v6.12', 'v6.17', 'v6.17-rc1'], invariant: ['limit-held'] };

const scriptFor = (shell: Shell): string =>
  fileWith('completion', completionScript(shell, COMMANDS, KNOWN));

const has = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0;

/** What bash would offer for the last of the words. */
function inBash(words: readonly string[]): string[] {
  const text = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _mremap_check; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', text, 'bash', scriptFor('bash'), ...words], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

/** What fish would offer, without descriptions. */
function inFish(words: readonly string[]): string[] {
  const text = `source $argv[1]; complete -C "$argv[2]"`;
  const { stdout } = spawnSync('fish', ['-c', text, scriptFor('fish'), words.join(' ')], {
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
}

describe.each([
  ['bash', inBash],
  ['fish', inFish],
] as const)('completion in %s', (shell, offered) => {
  test.skipIf(!has(shell)).each([
    [['mremap-check', 'sens'], ['sensitivity']],
    [['mremap-check', 'conform', '--ker'], ['--kernel']],
    [['mremap-check', 'sensitivity', '--invariant', 'lim'], ['limit-held']],
    [
      ['mremap-check', 'releases', 'v6.17'],
      ['v6.17', 'v6.17-rc1'],
    ],
    [['mremap-check', 'completion', 'z'], ['zsh']],
    [['mremap-check', 'conform', '--kernel', 'liv'], ['live']],
  ])('%j', (words, expected) => {
    expect(offered(words).sort()).toEqual(expected);
  });
});

describe('completion in zsh', () => {
  test.skipIf(!has('zsh'))('is a script that zsh can read', () => {
    const { status, stderr } = spawnSync('zsh', ['-n', scriptFor('zsh')], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('describes every command and option', () => {
    const text = completionScript('zsh', COMMANDS, KNOWN);
    for (const { name, options } of COMMANDS) {
      expect(text).toContain(`'${name}:`);
      for (const option of options) expect(text).toContain(`--${option.name}[`);
    }
  });
});
