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

export default defineConfig([
  {
    ...common,
    // A file for the command, and one for each kind of thread.
    input: { main: 'src/cli/main.ts', worker: 'src/verify/worker.ts' },
    // Loaded with --queue alone, and made of parts that look for each other by path.
    external: ['bullmq', 'ioredis'],
    output: output('dist/cli'),
  },
  {
    ...common,
    // What programs import. Apart from the command, whose start it would cost chunks.
    input: ['index', 'model', 'invariants', 'checker'].map((name) => `src/api/${name}.ts`),
    output: output('dist/api'),
  },
]);
