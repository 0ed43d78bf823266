import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { hasCluster, kubectl, until } from './cluster.ts';
import {
  artifactory,
  install,
  NAMESPACE,
  REGISTRY,
  recordedOf,
  setArtifactory,
  start,
  uninstall,
} from './compact-namespace.ts';
import { measuredBy } from './metrics.ts';

const Node = z.object({
  displayName: z.string(),
  type: z.string(),
  phase: z.string(),
  message: z.string().default(''),
  outputs: z.object({ artifacts: z.array(z.object({ name: z.string() })).default([]) }).default({ artifacts: [] }),
});
const Workflow = z.object({
  status: z.object({ phase: z.string().default(''), nodes: z.record(z.string(), Node).default({}) }),
});

/** The pods of a Workflow once it has ended. */
const ended = (name: string) =>
  until(`Workflow ${name} ends`, async () => {
    const text = await kubectl('-n', NAMESPACE, 'get', 'workflow', name, '-o', 'json');
    const { phase, nodes } = Workflow.parse(JSON.parse(text)).status;
    if (!['Succeeded', 'Failed', 'Error'].includes(phase)) return null;
    const pods = Object.values(nodes).filter(({ type }) => type === 'Pod');
    return { phase, pods: Object.fromEntries(pods.map(pod => [pod.displayName, pod])) };
  });
const phasesOf = (pods: Record<string, z.infer<typeof Node>>) =>
  Object.fromEntries(Object.entries(pods).map(([name, { phase }]) => [name, phase]));

describe.skipIf(!hasCluster)('post-deployment-compact (needs KUBECONFIG)', () => {
  beforeAll(install, 600_000);
  afterEach(() => setArtifactory(artifactory()));
  afterAll(uninstall);

  test('records a sync with one pod, whose artifacts are those of all steps', async () => {
    const name = await start('plain', [`${REGISTRY}/guestbook:1.0.0`]);
    const { phase, pods } = await ended(name);
    expect(phase).toBe('Succeeded');
    expect(phasesOf(pods)).toEqual({ 'pipeline(0)': 'Succeeded', 'conclude(0)': 'Succeeded' });
    expect(pods['pipeline(0)']?.outputs.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['deployment', 'image-diff', 'artifacts', 'evidence', 'release']),
    );
    expect(await recordedOf('plain')).toEqual(['guestbook']);
    expect(await measuredBy(name, NAMESPACE)).toMatchObject({
      errors: [],
      tasks: { pipeline: { 'evidence-accepted': '1', 'release-accepted': '' }, conclude: { result: 'recorded' } },
    });
  });

  test('sends what is complete, names what is not, and Retry sends only that', async () => {
    const name = await start('missing', [`${REGISTRY}/guestbook:1.0.0`, `${REGISTRY}/late:1.0.0`]);
    const failed = await ended(name);
    expect(failed.phase).toBe('Failed');
    expect(phasesOf(failed.pods)).toEqual({ 'pipeline(0)': 'Failed', 'conclude(0)': 'Succeeded' });
    expect(failed.pods['pipeline(0)']?.message).toMatch(
      /exit code 1\): pipeline: 2 steps failed: jfrog-lookup .*late:1\.0\.0.* \| submit-evidence .*late:1\.0\.0/,
    );
    expect(await recordedOf('missing')).toEqual(['guestbook']);

    const state = artifactory();
    const [item] = state.items;
    if (item === undefined) throw new Error('the demo has no image');
    const late = { ...item, path: 'late/1.0.0', sha256: 'f'.repeat(64) };
    late.properties = { ...item.properties, artifactId: `late:sha256@${'f'.repeat(64)}` };
    await setArtifactory({ ...state, items: [...state.items, late] });
    await execa('argo', ['-n', NAMESPACE, 'retry', name]);
    expect((await ended(name)).phase).toBe('Succeeded');
    expect(await recordedOf('missing')).toEqual(['guestbook', 'late']);
  });

  test('is tried again while Artifactory is away', async () => {
    const away = { mishaps: [{ path: '.*', times: 10_000, status: 503 }] };
    await setArtifactory(artifactory(), away);
    const name = await start('away', [`${REGISTRY}/guestbook:1.0.0`]);
    await until('the first attempt fails', async () => {
      const text = await kubectl('-n', NAMESPACE, 'get', 'workflow', name, '-o', 'json');
      const nodes = Object.values(Workflow.parse(JSON.parse(text)).status.nodes);
      return nodes.some(({ type, message }) => type === 'Pod' && message.includes('exit code 75')) || null;
    });
    await setArtifactory(artifactory());
    const { phase, pods } = await ended(name);
    expect(phase).toBe('Succeeded');
    expect(phasesOf(pods)['pipeline(0)']).toBe('Failed');
    expect(await recordedOf('away')).toEqual(['guestbook']);
  });
});
