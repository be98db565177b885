import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Command } from '../../src/commands/command.js';
import { COMMANDS, EXIT_CODES } from '../../src/commands/table.js';
import { commandsPage } from '../../src/docs/commands-page.js';
import { manualPage } from '../../src/docs/manual-page.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test.each([
  ['docs/commands.md', commandsPage],
  ['man/mremap-check.1', manualPage],
])('%s is what the table of commands says; UPDATE_DOCS=1 writes it', (name, page) => {
  const text = page(COMMANDS, EXIT_CODES);
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(pathOf(name), text);
  expect(readFileSync(pathOf(name), 'utf8')).toBe(text);
});

const groff = spawnSync('groff', ['--version']).error === undefined;

test.skipIf(!groff)('groff has nothing to say about the manual page', () => {
  const { stdout, stderr } = spawnSync(
    'groff',
    ['-ww', '-man', '-Tascii', '-P-cbou', pathOf('man/mremap-check.1')],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  for (const { name } of COMMANDS) expect(stdout).toContain(name);
});

test('README names every command', () => {
  const readme = readFileSync(pathOf('README.md'), 'utf8');
  for (const { name } of COMMANDS) expect(readme).toContain(`\`mremap-check ${name}`);
});

test('README says which commands have no --json', () => {
  const [, said = ''] =
    /All but ([^.]*) take `--json`/.exec(readFileSync(pathOf('README.md'), 'utf8')) ?? [];
  const commands: readonly Command[] = COMMANDS;
  const without = commands.filter(({ options }) => options.every(({ name }) => name !== 'json'));
  expect(new Set(said.match(/\w+(?=`)/g))).toEqual(new Set(without.map(({ name }) => name)));
});
