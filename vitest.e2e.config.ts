import { defineConfig } from 'vitest/config';

/** The suite on a real cluster: one file after the other, because they share Argo CD and the EventBus. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
