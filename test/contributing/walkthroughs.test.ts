import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { change, type Deed, deedsOf } from './walkthrough.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** In the order in which CONTRIBUTING.md names them; one may go on where another has ended. */
const PAGES = ['release', 'step', 'invariant', 'spec', 'output-format'];

/** A copy of the repository as it is now, with the packages of this one. */
function copyOfRepository(): string {
  const folder = newFolder();
  const listed = spawnSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.stdout.split('\0').filter((name) => name !== '' && name !== 'node_modules');
  expect(files.length).toBeGreaterThan(100);
  for (const name of files) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'build'));
  return folder;
}

/** The environment of somebody at a terminal, not that of a test. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|TEST$|UPDATE_DOCS)/.test(name)),
);

function run(folder: string, { command, prints }: Extract<Deed, { does: 'run' }>): void {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...environment, NO_COLOR: '1' },
  });
  expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
  for (const line of prints) expect(stdout, command).toContain(line);
}

/** What every page asks, and what is done once for all, since it takes long and is about all files. */
const TYPES = 'npx tsc --noEmit';

/** Does what a page says, in its order. */
function follow(folder: string, page: string): void {
  const deeds = deedsOf(readFileSync(join(ROOT, 'docs/contributing', `${page}.md`), 'utf8'));
  expect(deeds.filter(({ does }) => does === 'run').length).toBeGreaterThan(1);
  for (const deed of deeds) {
    if (deed.does === 'run') {
      if (deed.command !== TYPES) run(folder, deed);
    } else if (deed.does === 'change') change(folder, deed);
    else {
      mkdirSync(dirname(join(folder, deed.file)), { recursive: true });
      writeFileSync(join(folder, deed.file), deed.text);
    }
  }
}

describe('what docs/contributing says, done in a copy of the repository', () => {
  let folder: string;
  beforeAll(() => {
    folder = copyOfRepository();
  });

  test.each(PAGES)('%s', { timeout: 300_000 }, (page) => follow(folder, page));

  test('has no fault of types', { timeout: 300_000 }, () => {
    run(folder, { does: 'run', command: TYPES, prints: [] });
  });

  test('is of the usual style', { timeout: 60_000 }, () => {
    const written = PAGES.flatMap((page) =>
      deedsOf(readFileSync(join(ROOT, 'docs/contributing', `${page}.md`), 'utf8')).flatMap(
        (deed) => (deed.does === 'run' ? [] : [deed.file]),
      ),
    );
    const command = `npx biome check --vcs-enabled=false --error-on-warnings ${[...new Set(written)].join(' ')}`;
    run(folder, { does: 'run', command, prints: [] });
  });
});

test('a change of lines that are not there, or are there twice, is a fault of the page', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'a.ts'), 'one\ntwo\none\n');
  const [there, twice, gone] = ['two', 'one', 'three'].map((line) =>
    deedsOf(`\`a.ts\`:\n\n\`\`\`diff\n ${line}\n+more\n\`\`\`\n`),
  );
  const changing =
    (deeds: readonly Deed[] = []) =>
    () =>
      change(folder, deeds[0] as Extract<Deed, { does: 'change' }>);
  expect(changing(gone)).toThrow('a.ts: found 0 times');
  expect(changing(twice)).toThrow('found 2 times');
  changing(there)();
  expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe('one\ntwo\nmore\none\n');
});

test('CONTRIBUTING.md names every page, in this order', () => {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const named = [...text.matchAll(/docs\/contributing\/([\w-]+)\.md/g)].map(([, name]) => name);
  expect([...new Set(named)]).toEqual(PAGES);
});
