import { defineConfig } from 'vitest/config';

const files = (...names: string[]) => names.map(name => `test/e2e/${name}.test.ts`);

/** These change what everybody uses: the stand-ins, the pods of Argo, the configuration. One after the other. */
const ALONE = files('outages', 'disruption', 'doctor', 'strategies', 'tls', 'reconcile', 'chaos');
const LAST = files('uninstall');

const patience = { testTimeout: 900_000, hookTimeout: 600_000 };
const alone = { fileParallelism: false, maxWorkers: 1, ...patience };

/** The suite on a real cluster. Most files have Applications of their own and wait for Argo most of their time: side by side. */
export default defineConfig({
  test: {
    globalSetup: ['test/e2e/setup.ts', 'test/support/temporary-directory.ts'],
    projects: [
      {
        test: {
          name: 'beside',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...ALONE, ...LAST],
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          ...patience,
        },
      },
      { test: { name: 'alone', include: ALONE, sequence: { groupOrder: 1 }, ...alone } },
      { test: { name: 'last', include: LAST, sequence: { groupOrder: 2 }, ...alone } },
    ],
  },
});
