import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'test/support/folder-of-run.ts',
    globals: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
