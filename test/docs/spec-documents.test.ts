import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeDocuments } from '../../src/cli/documents.js';
import { specPages } from '../../src/docs/spec/pages.js';
import { ownSpecs } from '../support/expectations.js';

const folder = fileURLToPath(new URL('../../docs/spec', import.meta.url));
const pages = specPages(ownSpecs);
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

test('docs/spec is what `mremap-check docs` writes; UPDATE_DOCS=1 writes it', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeDocuments(folder, pages);
  for (const [path, text] of pages) expect(read(path), path).toBe(text);
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  expect(there.sort()).toEqual([...pages.keys()].sort());
});
