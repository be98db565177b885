import { defineConfig } from 'rolldown';

// A few files instead of 150 modules: finding and reading those took most of a start. Types are
// checked by check:types. What is bundled stays a dependency: its licence is installed with it.
export default defineConfig({
  // A file for the command, and one for each kind of thread.
  input: { main: 'src/cli/main.ts', worker: 'src/verify/worker.ts' },
  // Loaded with --queue alone, and made of parts that look for each other by path.
  external: ['bullmq', 'ioredis'],
  platform: 'node',
  tsconfig: true,
  output: {
    dir: 'dist',
    cleanDir: true,
    // As deep as in src, and side by side, so that paths from import.meta.url are those of the source.
    entryFileNames: 'cli/[name].js',
    chunkFileNames: 'cli/[name].js',
    sourcemap: true,
  },
});
