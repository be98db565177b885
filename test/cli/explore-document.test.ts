import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/explore/command.js';
import { newFolder } from '../support/new-folder.js';
import { cli } from './run-cli.js';

const FILE = fileURLToPath(new URL('../../docs/explore.md', import.meta.url));
const BLOCK = /^```text\n(.*?)\n```$/ms;

test('the session in docs/explore.md is what its lines lead to', async () => {
  const document = readFileSync(FILE, 'utf8');
  const shown = BLOCK.exec(document)?.[1] ?? '';
  const [command = ''] = shown.split('\n');
  const typed = shown.split('\n').filter((line) => line.startsWith('> ') && !line.includes('  '));
  const { code, stdout, stderr } = await cli(command.split(' ').slice(2), {
    input: typed.map((line) => `${line.slice(2)}\n`).join(''),
    cwd: newFolder(),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const wanted = `${command}\n${stdout.trimEnd()}`;
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(
      FILE,
      document.replace(BLOCK, () => `\`\`\`text\n${wanted}\n\`\`\``),
    );
  } else expect(shown).toBe(wanted);
});

test('docs/explore.md has every command with its short form', () => {
  const table = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  for (const [word, { key }] of Object.entries(COMMANDS)) {
    expect(table.some((row) => row.includes(`\`${word}`) && row.includes(`\`${key}\``))).toBe(true);
  }
});
