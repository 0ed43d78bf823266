import { deploy, deploymentOf, newName, REGISTRY, remove } from '../test/e2e/applications.ts';
import { ARGOCD } from '../test/e2e/cluster.ts';
import { install, NAMESPACE, REGISTRY as OWN_REGISTRY, start, uninstall } from '../test/e2e/compact-namespace.ts';
import type { Figure, Row } from './figure.ts';
import { inTurn, median, pairedRatio } from './statistics.ts';
import { emptyCompact, emptyPostDeployment } from './support/empty-workflows.ts';
import { create, finished } from './support/workflows.ts';

const TARGET = 1.25;

function rowOf(what: string, ours: readonly number[], reference: readonly number[], empty: string): Row {
  const ratio = pairedRatio(ours, reference);
  const seconds = (values: readonly number[]) => `${median(values)} s`;
  const target = `<= ${TARGET} x`;
  return {
    what,
    ours: seconds(ours),
    reference: `${empty}: ${seconds(reference)}`,
    ratio,
    target,
    holds: ratio <= TARGET,
  };
}

export const notification: Figure = {
  description: 'a sync of Argo CD until its last record, beside the same DAG with empty containers',
  needsCluster: true,
  rounds: 3,
  async measure(rounds) {
    const { ours, empty } = await inTurn(rounds, {
      async ours() {
        const name = newName('bench');
        const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
        const workflow = await finished(ARGOCD, operation.workflow);
        await remove(name);
        const beforeMs = workflow.createdMs - Date.parse(operation.finishedAt);
        return Math.max(0, beforeMs / 1000) + workflow.secondsTo('submit-evidence');
      },
      async empty() {
        const name = newName('bench-empty');
        await create(emptyPostDeployment(name, ARGOCD));
        return (await finished(ARGOCD, name)).secondsTo('submit-evidence');
      },
    });
    return [rowOf('notification to last record', ours, empty, 'empty DAG')];
  },
};

export const notificationCompact: Figure = {
  description: 'the same in one pod, beside one pod with five empty containers',
  needsCluster: true,
  rounds: 3,
  async measure(rounds) {
    await install();
    try {
      const { ours, empty } = await inTurn(rounds, {
        async ours() {
          const name = await start(newName('bench'), [`${OWN_REGISTRY}/guestbook:1.0.0`]);
          return (await finished(NAMESPACE, name)).secondsTo('pipeline');
        },
        async empty() {
          const name = newName('bench-empty');
          await create(emptyCompact(name, NAMESPACE));
          const { createdMs, finishedMs } = await finished(NAMESPACE, name);
          return (finishedMs - createdMs) / 1000;
        },
      });
      return [rowOf('the same, post-deployment-compact', ours, empty, 'empty containers')];
    } finally {
      await uninstall();
    }
  },
};
