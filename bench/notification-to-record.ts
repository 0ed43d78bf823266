/**
 * The time from a sync's end to its last record, beside the same DAG with empty containers, in one run on one cluster. Needs
 * KUBECONFIG and the demo overlay: `npx tsx bench/notification-to-record.ts [runs]`.
 */
import { deploy, deploymentOf, newName, REGISTRY, remove } from '../test/e2e/applications.ts';
import { ARGOCD, kubectlWith } from '../test/e2e/cluster.ts';
import { ended, messagesOf, type Workflow } from '../test/e2e/workflows.ts';
import { emptyPostDeployment } from './empty-dag.ts';

const runs = Number(process.argv[2] ?? 3);
const secondsBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** When the task that sends the records ended. */
const endOf = ({ status }: Workflow, task: string) =>
  Object.values(status.nodes).find(({ displayName }) => displayName === task)?.finishedAt ?? '';

const ours: number[] = [];
const empty: number[] = [];
for (let run = 1; run <= runs; run += 1) {
  const name = newName('bench');
  const operation = await deploy(name, [deploymentOf(name, { web: `${REGISTRY}/guestbook:1.0.0` })]);
  const workflow = await ended(operation.workflow);
  ours.push(secondsBetween(workflow.metadata.creationTimestamp, endOf(workflow, 'submit-evidence')));
  await remove(name);
  const reference = newName('bench-empty');
  await kubectlWith(emptyPostDeployment(reference, ARGOCD), 'create', '-f', '-');
  const nothing = await ended(reference);
  if (nothing.status.phase !== 'Succeeded') throw new Error(`the empty DAG failed: ${messagesOf(nothing).join('; ')}`);
  empty.push(secondsBetween(nothing.metadata.creationTimestamp, endOf(nothing, 'submit-evidence')));
  process.stdout.write(
    `run ${run}: sync finished to Workflow ${secondsBetween(operation.finishedAt, workflow.metadata.creationTimestamp)} s; to the last record ${ours.at(-1)} s; empty DAG ${empty.at(-1)} s\n`,
  );
}
process.stdout.write(
  `median of ${runs}: ours ${median(ours)} s, empty DAG ${median(empty)} s, ratio ${(median(ours) / median(empty)).toFixed(2)}\n`,
);
