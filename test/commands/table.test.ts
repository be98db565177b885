import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { COMMANDS } from '../../src/commands/table.js';
import { cli } from '../cli/run-cli.js';

const commands: readonly Command[] = COMMANDS;

/** Words of an example as a shell would split them; none of ours is quoted. */
const wordsOf = (args: string): string[] => args.replace(/ >.*/, '').split(' ');

describe('the table of commands', () => {
  test.each(commands.flatMap(({ name, examples }) => examples.map(({ args }) => [name, args])))(
    '%s: what the example "%s" gives is declared',
    (name, args) => {
      const command = commands.find((one) => one.name === name) as Command;
      const [first, ...rest] = wordsOf(args as string);
      expect(first).toBe(name);
      for (const word of rest.filter((one) => one.startsWith('--'))) {
        expect(command.options.map((option) => `--${option.name}`)).toContain(word);
      }
      const given = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
      for (const option of command.options) {
        if (option.required === true) expect(given).toContain(option.name);
      }
    },
  );

  test.each(commands.map(({ name }) => name))(
    'the help of %s begins with its examples, lists its options, and fits 80 columns',
    async (name) => {
      const { code, stdout } = await cli([name, '--help']);
      const command = commands.find((one) => one.name === name) as Command;
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Examples:\n {2}mremap-check /);
      for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
      // A command line is not broken.
      const lines = stdout.split('\n').filter((line) => !line.startsWith('  mremap-check '));
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

describe('a mistyped word', () => {
  test.each([
    [['verfy'], 'Did you mean verify?'],
    [['verify', '--verbse'], 'Did you mean --verbose?'],
    [['completion', 'bsh'], 'Allowed choices are bash, zsh, fish'],
    [['conform', '--kernel', 'live', '--random', 'ten'], 'Expected a whole number from 1 to'],
  ])('%j is refused with a hint', async (args, hint) => {
    const { code, stdout, stderr } = await cli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(hint);
  });
});
