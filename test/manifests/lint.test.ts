import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { manifestsOf } from './manifest.ts';

const ARGO = process.env.AFTERSYNC_ARGO ?? '';

describe.skipIf(ARGO === '')('argo lint (needs AFTERSYNC_ARGO, the path of the binary)', () => {
  it('finds nothing in the templates', async () => {
    const files = manifestsOf('workflow-templates').map(({ path }) => path);
    const { all, exitCode } = await execa(ARGO, ['lint', '--offline', ...files], { all: true, reject: false });
    expect(all).toMatch(/no linting errors found/);
    expect(exitCode).toBe(0);
  });
});
