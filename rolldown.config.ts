import { defineConfig } from 'rolldown';

// A few files instead of 150 modules: finding and reading those took most of a start. Types are
// checked by check:types. What is bundled stays a dependency: its licence is installed with it.
export default defineConfig({
  // A file for the command, one for each kind of thread, and one for tests outside.
  input: { main: 'src/cli/main.ts', worker: 'src/verify/worker.ts', index: 'src/index.ts' },
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
