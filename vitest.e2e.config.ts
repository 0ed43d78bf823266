import { defineConfig } from 'vitest/config';

/** These change what everybody uses: the stand-ins, the pods of Argo, the installation itself. One after the other. */
const ALONE = ['outages', 'disruption', 'strategies', 'tls', 'alerts', 'reconcile', 'chaos', 'uninstall'];
const alone = ALONE.map(name => `test/e2e/${name}.test.ts`);

const patience = { testTimeout: 900_000, hookTimeout: 600_000 };

/** The suite on a real cluster. Most files have Applications of their own and wait for Argo most of their time: side by side. */
export default defineConfig({
  test: {
    globalSetup: ['test/e2e/setup.ts', 'test/support/temporary-directory.ts'],
    projects: [
      {
        test: {
          name: 'beside',
          include: ['test/e2e/**/*.test.ts'],
          exclude: alone,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          ...patience,
        },
      },
    ],
  },
});
