import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { DEMO, hasCluster, kubectl, until } from './cluster.ts';
import { measuredBy, scrapeController, sumOf } from './metrics.ts';
import { GUESTBOOK_1_0, GUESTBOOK_1_1, recorded } from './recorded.ts';
import { demoArtifactory, setArtifactory, setJet, withMetadataOf } from './stand-ins.ts';
import { attemptsOf, ended, messagesOf, readWorkflow, retried } from './workflows.ts';

describe.skipIf(!hasCluster)('when something is missing or away (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  const named = (prefix: string) => {
    const name = newName(prefix);
    applications.push(name);
    return name;
  };
  afterEach(() => setArtifactory(demoArtifactory()));
  afterAll(() => remove(...applications));

  test('an image without metadata fails on its node; metadata added, Retry sends what was missing alone', async () => {
    const name = named('missing');
    const operation = await deploy(name, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0`, next: `${REGISTRY}/guestbook:1.2.0` }),
    ]);
    const failed = await ended(operation.workflow);
    expect(failed.status.phase).toBe('Failed');
    expect(messagesOf(failed).join('\n')).toMatch(/jfrog-lookup.*: main: Error \(exit code 1\): .*guestbook:1\.2\.0/);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);

    await setArtifactory(withMetadataOf('1.2.0'));
    expect(messagesOf(await retried(operation.workflow))).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`, 'guestbook:sha256@120 SUCCESS']);
  });

  test('Artifactory away for a minute is waited for', async () => {
    await kubectl('-n', DEMO, 'scale', 'deployment/artifactory', '--replicas=0');
    try {
      const name = named('away');
      const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
      await until('an attempt fails', async () =>
        attemptsOf(await readWorkflow(operation.workflow))['jfrog-lookup(0)'] === 'Failed' ? true : null,
      );
      await kubectl('-n', DEMO, 'scale', 'deployment/artifactory', '--replicas=1');
      const workflow = await ended(operation.workflow);
      expect(workflow.status.phase).toBe('Succeeded');
      expect(messagesOf(workflow)[0]).toMatch(/^jfrog-lookup\(0\): main: Error \(exit code 75\): .*it is tried again/);
      expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);
    } finally {
      await kubectl('-n', DEMO, 'scale', 'deployment/artifactory', '--replicas=1');
      await kubectl('-n', DEMO, 'rollout', 'status', 'deployment/artifactory', '--timeout=60s');
    }
  });

  test('a record that JET rejects does not hold up the others; mended, Retry sends it alone', async () => {
    const refusedJetId = '0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E110';
    await setJet({ rejectJetIds: [refusedJetId] });
    const before = await scrapeController();
    const name = named('rejected');
    const operation = await deploy(name, [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0`, next: `${REGISTRY}/guestbook:1.1.0` }),
    ]);
    const failed = await ended(operation.workflow);
    expect(failed.status.phase).toBe('Failed');
    expect(messagesOf(failed).join('\n')).toMatch(
      /submit-evidence.*: main: Error \(exit code 1\): .*guestbook:1\.1\.0/,
    );
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`]);
    await setJet({ rejectJetIds: [] });
    expect(messagesOf(await retried(operation.workflow))).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_0} SUCCESS`, `${GUESTBOOK_1_1} SUCCESS`]);

    // The run and its Retry add up for Prometheus: nothing counts twice.
    expect((await measuredBy(operation.workflow)).errors).toEqual([]);
    const after = await scrapeController();
    const risen = (...of: [string, Record<string, string>]) => sumOf(after, ...of) - sumOf(before, ...of);
    const evidence = { step: 'submit-evidence', environment: 'demo' };
    const delivered = (outcome: string) => risen('deliveries_total', { ...evidence, outcome });
    expect(['accepted', 'rejected', 'duplicate'].map(delivered)).toEqual([2, 1, 0]);
    expect(risen('delivery_lag_seconds_count', evidence)).toBe(2);
    const ran = (result: string) => risen('runs_total', { environment: 'demo', result });
    expect(['missing', 'recorded', 'nothing-owed'].map(ran)).toEqual([1, 1, 0]);
  });
});
