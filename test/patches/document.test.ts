import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { changesOf } from '../../src/model/changes.js';
import { GUARDS } from '../../src/model/step.js';
import { releaseOfReference } from '../../src/patches/reference.js';
import { newFolder } from '../support/new-folder.js';
import { callWith, map, play, remap, resultName } from '../support/play.js';
import { release } from '../support/releases.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = readFileSync(join(ROOT, 'docs/patches.md'), 'utf8');

/** The first block of docs/patches.md in a language. */
function block(language: string): string {
  const [, text] = new RegExp(`^\`\`\`${language}\n(.*?)\n\`\`\`$`, 'ms').exec(DOCUMENT) ?? [];
  if (text === undefined) throw new Error(`no block of ${language}`);
  return text;
}

const patch = (name: string, text: string) => {
  const folder = newFolder();
  writeFileSync(join(folder, name), text);
  return releaseOfReference(name, { folder, modules: true });
};

test('the patch of docs/patches.md does what is said there', () => {
  expect(changesOf(patch('example.json', block('json')))).toEqual([block('text')]);
});

test('the module of docs/patches.md does what its title says', () => {
  const patched = patch('example.ts', block('ts'));
  const vmas = play(release('v7.1'), map(0, 2, 'shm'));
  expect(resultName(callWith(patched, vmas, remap(3, 1, 1), 0))).toBe('EFAULT');
  expect(resultName(callWith(release('v7.1'), vmas, remap(3, 1, 1), 0))).toBe('ENOMEM');
  expect(resultName(callWith(patched, vmas, remap(0, 1, 1), 0))).toBe('ENOMEM');
});

test('docs/patches.md names every condition and every patch of the package', () => {
  const text = DOCUMENT.replace(/\s+/g, ' ');
  for (const { name } of GUARDS) expect(text).toContain(`\`${name}\``);
  for (const name of readdirSync(join(ROOT, 'patches'))) expect(text).toContain(`\`${name}\``);
});
