import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ARGOCD, DEMO, get, hasCluster, kubectl, kubectlWith, until } from './cluster.ts';

const Report = z.object({
  findings: z.array(
    z.object({ check: z.string(), state: z.string(), what: z.string(), remedy: z.string().nullable() }),
  ),
});
const Named = z.object({ items: z.array(z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) })) });

/** What doctor calls a problem, with the exit code that a script sees, but for what other tests leave behind. */
async function problems(): Promise<string[]> {
  const { stdout, exitCode } = await execa('npx', ['tsx', 'bin/aftersync.ts', 'doctor', '-o', 'json'], {
    reject: false,
  });
  const { findings } = Report.parse(JSON.parse(stdout));
  const found = findings.filter(
    ({ state, check }) => state === 'problem' && !['alerts', 'dead letters', 'syncs'].includes(check),
  );
  if (found.length > 0) expect(exitCode).toBe(1);
  return found.map(({ check, what }) => `${check}: ${what}`);
}

interface Stopped {
  namespace: string;
  /** Names it, or its only object has this label. */
  which: string;
  says: RegExp;
}

const PARTS: Record<string, Stopped> = {
  'the EventSource': {
    ...{ namespace: ARGOCD, which: 'eventsource-name=argocd' },
    says: /^events: EventSource argocd has no pod that is ready/,
  },
  'the Sensor': {
    ...{ namespace: ARGOCD, which: 'sensor-name=argocd-sync' },
    says: /^events: Sensor argocd-sync has no pod that is ready/,
  },
  'the controller of Argo Workflows': {
    ...{ namespace: 'argo', which: 'workflow-controller' },
    says: /^versions: no pod of argo\/workflow-controller, the controller of Argo Workflows, is ready/,
  },
  'the notifications controller': {
    ...{ namespace: ARGOCD, which: 'argocd-notifications-controller' },
    says: /^versions: no pod of argocd\/argocd-notifications-controller/,
  },
};

async function scale({ namespace, which }: Stopped, replicas: number): Promise<void> {
  const named = which.includes('=')
    ? (await get(Named, '-n', namespace, 'deployment', '-l', which)).items.map(({ metadata }) => metadata.name)
    : [which];
  await kubectl('-n', namespace, 'scale', 'deployment', ...named, `--replicas=${replicas}`);
}

describe.skipIf(!hasCluster)('doctor (needs KUBECONFIG)', () => {
  afterAll(async () => {
    for (const part of Object.values(PARTS)) await scale(part, 1);
    for (const [namespace, label] of [
      [ARGOCD, 'eventsource-name=argocd'],
      [ARGOCD, 'sensor-name=argocd-sync'],
      [ARGOCD, 'app.kubernetes.io/name=argocd-notifications-controller'],
      ['argo', 'app=workflow-controller'],
    ] as const)
      await until(`pods with ${label} are ready`, () =>
        kubectl('-n', namespace, 'wait', 'pods', '-l', label, '--for=condition=Ready', '--timeout=5s'),
      );
  });

  test('finds nothing wrong with what was installed as the page says', async () => {
    expect(await problems()).toEqual([]);
  });

  test.each(Object.entries(PARTS))('says so where %s is stopped, and not once it runs again', async (_, part) => {
    await scale(part, 0);
    await until(
      'doctor says so',
      async () => ((await problems()).some(line => part.says.test(line)) ? true : null),
      120,
    );
    await scale(part, 1);
    await until('doctor is content', async () => ((await problems()).length === 0 ? true : null), 180);
  });

  test('says so where Argo CD may not list Applications, and where nobody may read workloads, with the command', async () => {
    const bindings = [
      ['argocd', 'argocd-notifications-controller'],
      [DEMO, 'aftersync-diff-images'],
    ] as const;
    const kept = await Promise.all(
      bindings.map(([namespace, name]) => kubectl('-n', namespace, 'get', 'rolebinding', name, '-o', 'json')),
    );
    try {
      for (const [namespace, name] of bindings) await kubectl('-n', namespace, 'delete', 'rolebinding', name);
      expect(await problems()).toEqual([
        expect.stringMatching(
          /^notifications: argocd\/argocd-notifications-controller may not list applications in argocd/,
        ),
        `workloads: aftersync-diff-images may not read the workloads of ${DEMO}, which Applications deploy to`,
      ]);
    } finally {
      for (const text of kept) {
        const { metadata, ...binding } = JSON.parse(text);
        const { name, namespace, labels } = metadata;
        await kubectlWith({ ...binding, metadata: { name, namespace, labels } }, 'apply', '-f', '-');
      }
    }
    expect(await problems()).toEqual([]);
  });
});
