import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { workspace } from '../../support/run-step.ts';

const PROGRAM = `
  import { createS3Store } from './lib/clients/object-store.ts';
  const keys = { accessKeyId: 'AK', secretAccessKey: 'canary' };
  const store = createS3Store({ bucket: 'records', endpoint: 'http://127.0.0.1:9', pathStyle: true, region: 'x', timeoutSeconds: 1, keys });
  store.read('k').catch(error => process.stdout.write(error.message));
`;

it('the S3 library is found in a bundle, where it is loaded on first use', async () => {
  const { directory } = await workspace({ 'package.json': { type: 'commonjs' } });
  // As build.js does.
  await build({
    stdin: { contents: PROGRAM, resolveDir: '.', loader: 'ts' },
    outdir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    logLevel: 'silent',
  });
  const { stdout } = await execa('node', [join(directory, 'stdin.js')]);
  expect(stdout).toMatch(/^Archive does not answer: s3:\/\/records\/k \(ECONNREFUSED/);
});
