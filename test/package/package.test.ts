import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { programFile } from '../../src/kernels/programs.js';
import { releases } from '../../src/model/releases/index.js';
import { specText } from '../support/specs.js';
import { done, type Installed, installed, ROOT, ran } from './installed.js';

const cannotProbe = platform() !== 'linux' || arch() !== 'x64' || programFile('cc') === undefined;

/** The first piece of code of a language in a page. */
const pieceOf = (file: string, language: string): string => {
  const [, text] =
    new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readFileSync(file, 'utf8')) ?? [];
  if (text === undefined) throw new Error(`${file} has no block of ${language}`);
  return text;
};

describe('the package, installed from its tarball in an empty folder', () => {
  let found: Installed | string;
  const folder = (): string => (typeof found === 'string' ? '' : found.folder);
  const command = (...args: string[]) => ran(folder(), 'node_modules/.bin/mremap-check', args);

  beforeAll(() => {
    found = installed();
  }, 180_000);

  /** A test that needs it; skipped, with the reason, where npm cannot install anything. */
  const withPackage = (name: string, body: () => unknown): void => {
    test(name, async ({ skip }) => {
      if (typeof found === 'string') skip(found);
      await body();
    });
  };

  withPackage('publint has nothing to say', async () => {
    const { tarball } = found as Installed;
    const file = readFileSync(tarball);
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: new Uint8Array(file).buffer },
    });
    expect(messages.map((one) => formatMessage(one, pkg))).toEqual([]);
  });

  withPackage('verifies a spec', () => {
    writeFileSync(join(folder(), 'spec.json'), specText());
    const { code, stdout } = command('verify', 'spec.json', '--junit', 'out.xml', '--run', 'run');
    expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
      0,
      'all as expected (1 expected violation)',
    ]);
    expect(existsSync(join(folder(), 'out.xml'))).toBe(true);
    const { revision } = JSON.parse(readFileSync(join(folder(), 'run/run.json'), 'utf8'));
    expect(revision).toEqual({ mremapCheck: null, folder: null });
    // In a clone of somebody's own, whose commits say nothing of the package in it.
    const git = (...args: readonly string[]) =>
      done(folder(), 'git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args]);
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '-m', 'Ours');
    command('verify', 'spec.json', '--quiet', '--run', 'cloned');
    const cloned = JSON.parse(readFileSync(join(folder(), 'cloned/run.json'), 'utf8'));
    expect(cloned.revision.mremapCheck).toBe(null);
    expect(cloned.revision.folder).toMatch(/^[0-9a-f]{40}/);
  });

  withPackage('makes the page of a report', () => {
    writeFileSync(join(folder(), 'spec.json'), specText());
    expect(command('report', 'spec.json', '-o', 'page').code).toBe(0);
    const page = readFileSync(join(folder(), 'page/index.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain('limit-enomem-untouched');
  });

  withPackage('brings its specs, its documents and its licence', () => {
    const inside = join(folder(), 'node_modules/mremap-check');
    // It comes to the options only when its own specs are read.
    expect(command('verify', '--junit', 'no/folder').stderr).toContain(
      '--junit no/folder: no such',
    );
    for (const name of [
      'man/mremap-check.1',
      'LICENSE',
      'README.md',
      'docs/ci.md',
      'docs/spec/README.md',
    ]) {
      expect(existsSync(join(inside, name))).toBe(true);
    }
    for (const name of ['src', 'test', 'docs/conformance.json']) {
      expect(existsSync(join(inside, name))).toBe(false);
    }
  });

  test('compares the running kernel with its release', ({ skip }) => {
    if (typeof found === 'string') skip(found);
    if (cannotProbe) skip('no Linux on x86-64 with a C compiler');
    // Whether this kernel is one that is modelled is not the question here: any release will do.
    const asked = ['--kernel', 'live', '--release', 'v6.12', '--random', '20', '--seed', '1'];
    const { code, stdout, stderr } = command('conform', ...asked, '--json');
    expect(stderr).not.toContain('internal error');
    expect([0, 1]).toContain(code);
    expect(JSON.parse(stdout)).toMatchObject({ release: 'v6.12' });
  });

  withPackage('the example in JavaScript runs, and says what the model says', () => {
    copyFileSync(join(ROOT, 'examples/headroom.mjs'), join(folder(), 'headroom.mjs'));
    const lines = done(folder(), 'node', ['headroom.mjs']).trimEnd().split('\n');
    const since = (id: string): number => releases.findIndex((one) => one.id === id);
    // The copy takes a slot, and the hole in the middle of the source.
    expect(lines.map((line) => line.replace(/ +/, ' '))).toEqual(
      releases.map(({ id }, i) => {
        const asks = i < 2 || i >= since('v7.1') ? 4 : 6;
        const check = i < 2 ? 'move-count-check' : 'early-count-check';
        return `${id} needs 2, asks for ${asks}: ${check} refuses below`;
      }),
    );
  });

  withPackage('the example in TypeScript is right by the types that are shipped, and runs', () => {
    copyFileSync(join(ROOT, 'examples/your-patch.ts'), join(folder(), 'your-patch.ts'));
    // In place of the types of Node, which take long to check.
    const globals = 'declare const console: { log(text: string): void };\n';
    writeFileSync(join(folder(), 'globals.d.ts'), globals);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: 'es2023',
      module: 'nodenext',
      lib: ['es2023'],
      types: [],
      skipLibCheck: false,
      outDir: 'out',
    };
    const config = { compilerOptions, files: ['your-patch.ts', 'globals.d.ts'] };
    writeFileSync(join(folder(), 'tsconfig.json'), JSON.stringify(config));
    done(folder(), join(ROOT, 'node_modules/.bin/tsc'), []);
    expect(done(folder(), 'node', ['out/your-patch.js']).trimEnd().split('\n')).toEqual([
      'limit-enomem-untouched on v7.3: holds',
      expect.stringMatching(
        /^limit-enomem-untouched on v7\.3-patched: ENOMEM from move-count-check/,
      ),
    ]);
  });

  withPackage('the piece of docs/api.md prints what is said there', () => {
    writeFileSync(join(folder(), 'piece.mjs'), pieceOf(join(ROOT, 'docs/api.md'), 'js'));
    expect(done(folder(), 'node', ['piece.mjs']).trimEnd()).toMatch(/^-12 .* early-count-check$/);
  });

  withPackage('nothing but what is meant can be imported, and a root that is all of it', () => {
    const script = `
      const [all, ...parts] = await Promise.all(
        ['', '/model', '/invariants', '/checker'].map((part) => import('mremap-check' + part)));
      const names = parts.flatMap((part) => Object.keys(part)).sort();
      console.log(JSON.stringify(names) === JSON.stringify(Object.keys(all).sort()), names.length > 40);
      console.log(await import('mremap-check/dist/cli/main.js').catch(({ code }) => code));`;
    expect(done(folder(), 'node', ['--input-type=module', '-e', script])).toBe(
      'true true\nERR_PACKAGE_PATH_NOT_EXPORTED\n',
    );
  });
});
