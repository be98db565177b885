import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/table.js';
import { specPages } from '../../src/docs/spec/pages.js';
import { SEEDED_DEFECTS } from '../../src/docs/spec/seeded-defects.js';
import { writeDocuments } from '../../src/docs/write.js';
import { invariants } from '../../src/invariants/index.js';
import { releases, stableReleases } from '../../src/model/releases/index.js';
import { loadSpecs } from '../../src/specs/load.js';
import { defects } from '../invariants/defects.js';
import { raceDefects } from '../invariants/race-defects.js';
import { ownSpecs } from '../support/expectations.js';
import { newFolder } from '../support/new-folder.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'docs/spec');
const pages = specPages(ownSpecs);
const pageOf = (path: string): string => pages.get(path) ?? '';

test('docs/spec is what `mremap-check docs` writes; UPDATE_DOCS=1 writes it', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeDocuments(folder, pages);
  for (const [path, text] of pages) {
    expect(readFileSync(join(folder, path), 'utf8'), path).toBe(text);
  }
  const there = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  expect(there.sort()).toEqual([...pages.keys()].sort());
});

test('every release, invariant and spec has its page', () => {
  for (const { id } of releases) expect(pages.has(`releases/${id}.md`), id).toBe(true);
  for (const { id } of invariants) expect(pages.has(`invariants/${id}.md`), id).toBe(true);
  expect([...pages.keys()].filter((path) => path.startsWith('questions/'))).toHaveLength(
    ownSpecs.length,
  );
});

test('stable releases are linked from the release that they come from, and from specs', () => {
  for (const { id, base } of stableReleases) {
    expect(pageOf(`releases/${base?.id}.md`), id).toContain(`[${id}](${id}.md)`);
    for (const [path, text] of pages) {
      if (path.startsWith('questions/')) expect(text, path).not.toContain(`\`${id}\``);
    }
  }
  expect(pageOf('invariants/commit-exact.md')).toMatch(/on\s\[v6\.5\.3\]\(\.\.\/releases/);
});

/** Headings as a forge makes anchors of them. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Targets of links and pictures. A line may break within the text of one. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);

const HAND_WRITTEN = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('links lead somewhere', () => {
  const documents = [
    ...[...pages].filter(([path]) => path.endsWith('.md')).map(([path]) => `docs/spec/${path}`),
    ...HAND_WRITTEN,
  ];
  const textAt = (path: string): string =>
    path.startsWith('docs/spec/')
      ? pageOf(path.slice('docs/spec/'.length))
      : readFileSync(join(root, path), 'utf8');

  test.each(documents)('%s', (path) => {
    for (const to of linksOf(textAt(path))) {
      if (/^[a-z]+:/.test(to)) continue;
      const [file = '', anchor] = to.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      const isPage = target.startsWith('docs/spec/');
      const isThere = isPage
        ? pages.has(target.slice('docs/spec/'.length))
        : existsSync(join(root, target));
      expect(isThere, to).toBe(true);
      if (anchor !== undefined) expect([...anchorsOf(textAt(target))], to).toContain(anchor);
    }
  });
});

test('each is reached from the index, and leads back', () => {
  const index = linksOf(pageOf('README.md'));
  for (const [path, text] of pages) {
    if (path === 'README.md' || path.startsWith('diagrams/')) continue;
    expect(index, path).toContain(path);
    expect(text, path).toContain('README.md');
  }
  const shown = [...pages.values()].flatMap(linksOf).join(' ');
  for (const path of pages.keys()) {
    if (path.startsWith('diagrams/')) expect(shown).toContain(path);
  }
});

test('the seeded defects that pages name are those that tests make', () => {
  const made = Object.fromEntries(
    invariants.map(({ id }) => [
      id,
      [...defects, ...raceDefects]
        .filter(({ invariant }) => invariant === id)
        .map(({ original, what }) => `${original.id}: ${what}`),
    ]),
  );
  expect(SEEDED_DEFECTS).toEqual(made);
});

/** Elements of a drawing that are opened and not closed, or the other way round. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  for (const [, end, name = '', own] of svg.matchAll(/<(\/?)([a-z]+)(?:"[^"]*"|[^">])*?(\/?)>/g)) {
    if (own === '/') continue;
    if (end !== '/') open.push(name);
    else if (open.pop() !== name) return [name];
  }
  return open;
}

test.each([...pages].filter(([path]) => path.endsWith('.svg')))('%s is well-formed', (_, svg) => {
  expect(unbalanced(svg)).toEqual([]);
  expect(svg).not.toMatch(/&(?!amp;|lt;|gt;)|undefined|NaN/);
});

test('nothing in a diagram of a release reaches beyond it', () => {
  for (const [path, svg] of pages) {
    if (!path.startsWith('diagrams/')) continue;
    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    for (const [, x = '', says = ''] of svg.matchAll(
      /<text class="[^"]*" x="([\d.]+)"[^>]*>([^<]*)/g,
    )) {
      const long = says.replaceAll(/&[a-z]+;/g, '.').length * 7.23;
      expect(Number(x) + long, `${path}: ${says}`).toBeLessThan(width);
    }
  }
});

test('the examples of docs/model-your-patch.md are a patch, and a spec with a further check', () => {
  const text = readFileSync(join(root, 'docs/model-your-patch.md'), 'utf8');
  const blocks = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block = '']) =>
    JSON.parse(block),
  );
  const [patch, spec, further] = blocks;
  spec.checks.push(further);
  const place = newFolder();
  try {
    writeFileSync(join(place, 'my-patch.json'), JSON.stringify(patch));
    writeFileSync(join(place, 'my-spec.json'), JSON.stringify(spec));
    const [loaded] = loadSpecs([join(place, 'my-spec.json')]);
    expect(loaded?.checks.map(({ check }) => check)).toEqual(['compare', 'enumerate']);
  } finally {
    rmSync(place, { recursive: true });
  }
});

/** Lines of a terminal in the documents: `    mremap-check diff v7.1 my-patch.json`, and those within text. */
const commandLines = (text: string): string[] =>
  [...text.matchAll(/(?:^ {4}|`)mremap-check ([a-z][^`]*?)(?:`|$)/gm)].map(([, line = '']) => line);

test.each([
  ['docs/model-your-patch.md', readFileSync(join(root, 'docs/model-your-patch.md'), 'utf8')],
  ['docs/spec', [...pages.values()].join('\n')],
])('%s names commands and options that there are', (_, text) => {
  const lines = commandLines(text);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) {
    const [name, ...words] = line.split(/\s+/);
    const command = COMMANDS.find((one) => one.name === name);
    expect(command, line).toBeDefined();
    const options = (command?.options ?? []).map((option) => `--${option.name}`);
    for (const word of words) if (word.startsWith('--')) expect(options, line).toContain(word);
  }
});
