import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, type OutputOptions, type RolldownOptions } from 'rolldown';

// A few files instead of 150 modules: finding and reading those took most of a start. Types are
// checked by check:types. What is bundled stays a dependency: its licence is installed with it.
const common = { platform: 'node', tsconfig: true } as const satisfies RolldownOptions;

// As deep as in src, and side by side, so that paths from import.meta.url are those of the source.
const output = (dir: string): OutputOptions => ({
  dir,
  cleanDir: true,
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  sourcemap: true,
});

/** The modules of ours that one loads at once, itself among them. */
function loadedBy(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  const imports = /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.js'/gm;
  for (const [, path] of readFileSync(file, 'utf8').matchAll(imports)) {
    loadedBy(resolve(file, '..', `${path}.ts`), known);
  }
  return known;
}

const main = resolve('src/cli/main.ts');
const atStart = loadedBy(main);
// It awaits the command, whose files must not wait for it.
atStart.delete(main);
const byVerify = loadedBy(resolve('src/cli/verify.ts'));

// Each file that is loaded costs a millisecond. Left to itself the bundler makes one for every set of
// commands that share something, and verify would load fifty.
const GROUPS = [
  { name: 'start', test: (id: string) => atStart.has(id), priority: 2 },
  { name: 'verify-run', test: (id: string) => byVerify.has(id), priority: 1 },
];

export default defineConfig([
  {
    ...common,
    // A file for the command, and one for each kind of thread.
    input: { main: 'src/cli/main.ts', worker: 'src/verify/worker.ts' },
    // Loaded with --queue alone, and made of parts that look for each other by path.
    external: ['bullmq', 'ioredis'],
    output: { ...output('dist/cli'), codeSplitting: { groups: GROUPS } },
  },
  {
    ...common,
    // What programs import. Apart from the command, whose start it would cost chunks.
    input: ['index', 'model', 'invariants', 'checker'].map((name) => `src/api/${name}.ts`),
    output: output('dist/api'),
  },
]);
