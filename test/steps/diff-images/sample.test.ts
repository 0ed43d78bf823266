import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ImageDiff } from '../../../lib/contracts/image-diff.ts';
import { main } from '../../../steps/diff-images/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { diffImages, synced } from './run.ts';

const sample = (name: string) => join('steps/diff-images/samples', name);

describe('the samples', () => {
  it.each([
    ['what Argo CD recorded', [], '3 images by sync-result (chosen by evidence.strategy), evidence owed for 3'],
    ['a diff', ['--diff', sample('app-diff.txt')], '3 images by argocd-diff (given by --diff), evidence owed for 3'],
    [
      'two renderings',
      ['--live', sample('live.yaml'), '--target', sample('target.yaml')],
      '4 images by manifests (given by --live and --target), evidence owed for 2',
    ],
  ])('run with %s and say what the README says', async (_, flags, line) => {
    // The destination is another cluster: the samples read none, wherever they run.
    vi.stubEnv('KUBECONFIG', '/dev/null');
    const place = await workspace();
    const { exitCode, output } = await runStep(main, [
      ...['--deployment', sample('deployment.json'), '--config', sample('config.yaml')],
      ...['--out', place.path('image-diff.json'), ...flags],
    ]);
    vi.unstubAllEnvs();
    expect(exitCode).toBe(0);
    expect(output.split('\n')[0]).toBe(line);
    ImageDiff.parse(await place.json('image-diff.json'));
    expect(readFileSync('steps/diff-images/README.md', 'utf8')).toContain(line);
  });
});

const { AFTERSYNC_TEST_DATA: data = '' } = process.env;
const Expected = z.object({ resources: z.array(z.object({ newImages: z.array(z.string()) })) });

describe.skipIf(data === '')('public diffs and manifests through the command line (needs AFTERSYNC_TEST_DATA)', () => {
  const directory = join(data, '02-argocd-app-diff/derived');
  const names = existsSync(directory) ? readdirSync(directory).filter(name => name.endsWith('.diff.txt')) : [];

  it.each(names)('%s', async name => {
    const { resources } = Expected.parse(
      JSON.parse(readFileSync(join(directory, name.replace('.diff.txt', '.expected.json')), 'utf8')),
    );
    const { exitCode, diff } = await diffImages({
      deployment: synced(),
      flags: ['--diff', join(directory, name), '--deployed', 'target'],
    });
    expect(exitCode).toBe(0);
    const changed = diff?.images.filter(({ change }) => change !== 'unchanged').map(({ reference }) => reference);
    expect(changed).toEqual([...new Set(resources.flatMap(({ newImages }) => newImages))].sort());
  });

  it.each(['argo-events_install-webhook', 'cert-manager'])('%s', async name => {
    const path = (extension: string) => join(data, `03-manifests/${name}.${extension}`);
    const { exitCode, diff } = await diffImages({ deployment: synced(), flags: ['--live', path('yaml')] });
    expect(exitCode).toBe(0);
    const listed = readFileSync(path('images.txt'), 'utf8').trim().split('\n').sort();
    expect(diff?.images.map(({ reference }) => reference)).toEqual(listed);
  });
});
