import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from '../test/e2e/applications.ts';
import { ARGOCD } from '../test/e2e/cluster.ts';
import type { Figure } from './figure.ts';
import { inTurn, median } from './statistics.ts';
import { emptyPostDeployment } from './support/empty-workflows.ts';
import { create, type Finished, finished } from './support/workflows.ts';

const APPLICATIONS = 6;
const TARGET = 0.8;

/** Workflows a minute, from the creation of the first to the end of the last. */
const rateOf = (workflows: readonly Finished[]): number =>
  (workflows.length * 60_000) /
  (Math.max(...workflows.map(one => one.finishedMs)) - Math.min(...workflows.map(one => one.createdMs)));

export const sustained: Figure = {
  description: `${APPLICATIONS} Applications synced at once, in syncs a minute, beside as many empty DAGs`,
  needsCluster: true,
  rounds: 1,
  async measure(rounds) {
    const names = Array.from({ length: APPLICATIONS }, () => newName('bench'));
    const manifest = (name: string, version: string) => [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:${version}` }),
    ];
    let operations = await Promise.all(names.map(name => deploy(name, manifest(name, '1.0.0'))));
    await Promise.all(operations.map(({ workflow }) => finished(ARGOCD, workflow)));
    let round = 0;
    const { ours, empty } = await inTurn(rounds, {
      async ours() {
        round += 1;
        const version = round % 2 === 0 ? '1.0.0' : '1.1.0';
        operations = await Promise.all(operations.map(one => redeploy(one, manifest(one.application, version))));
        return rateOf(await Promise.all(operations.map(({ workflow }) => finished(ARGOCD, workflow))));
      },
      async empty() {
        const workflows = names.map(() => newName('bench-empty'));
        await Promise.all(workflows.map(name => create(emptyPostDeployment(name, ARGOCD))));
        return rateOf(await Promise.all(workflows.map(name => finished(ARGOCD, name))));
      },
    });
    await remove(...names);
    const ratio = median(ours.map((rate, index) => rate / (empty[index] ?? Number.NaN)));
    return [
      {
        ...{
          what: `sustained, ${APPLICATIONS} Applications at once`,
          ours: `${median(ours).toFixed(1)} syncs a minute`,
        },
        ...{ reference: `empty DAG: ${median(empty).toFixed(1)} a minute`, ratio, target: `>= ${TARGET} x` },
        holds: ratio >= TARGET,
      },
    ];
  },
};
