import type { Kubernetes } from '../../lib/clients/kubernetes.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { DeployedImage, ImageDiff } from '../../lib/contracts/image-diff.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import type { Failure } from '../../lib/runtime/failure.ts';
import type { Clock } from '../../lib/settle/settle.ts';
import type { CustomResources } from './custom-resource.ts';
import { type DeployedContainer, toDeployedContainers } from './deployed-container.ts';
import { toDeployedImages, toRefusedImages } from './deployed-images.ts';
import { lookAtCluster } from './look-at-cluster.ts';
import { failureOf, summarise, unknownDigests } from './not-looked-at.ts';
import { type ArgoCd, observe } from './observe.ts';
import { isToldBy, learn, previousImages, type RecordedImages } from './previous-images.ts';
import { recordedImages } from './recorded-images.ts';
import { chooseStrategy, type StrategyChoice } from './strategy.ts';
import type { Observation, WorkloadImages } from './workload-images.ts';
import type { NotLookedAt } from './workload-key.ts';

export interface DiffImagesInput {
  deployment: Deployment;
  choice: StrategyChoice;
  /** Evidence is owed for every image. */
  all: boolean;
  settleTimeoutMs: number;
  /** Where custom resources name images, before what is built in. */
  customResources: CustomResources;
  /** False for an image of someone else, for which no evidence is owed. */
  isOurs: (image: DeployedImage) => boolean;
  /** What files say that were given instead of asking Argo CD. */
  given: Observation | null;
}

export interface DiffImagesClients {
  kubernetes: Kubernetes;
  /** null where no ledger is kept: then only the strategy knows what ran before. */
  ledger: Ledger | null;
  /** null where none is configured that could be asked. */
  argoCd: ArgoCd | null;
  clock: Clock;
}

/**
 * Finds the images that an operation deployed and tells which of them changed. It only reads, so running it again is safe;
 * a second run sees the pods of its own time, and refuses to take those of a later deployment for this one.
 * @returns the artifact, and the failure that the step ends with after writing it
 */
export async function diffImages(
  input: DiffImagesInput,
  clients: DiffImagesClients,
): Promise<{ diff: ImageDiff; failure: Failure | null }> {
  const { deployment, all } = input;
  const chosen = chooseStrategy(input.choice, deployment);
  const { forced: _, ...strategy } = chosen;
  const base = { schemaVersion: 'aftersync.image-diff/v1', deploymentId: deployment.id, strategy, all } as const;
  if (deployment.disposition === 'skip') {
    const settle = { outcome: 'not-needed', detail: `nothing was deployed: ${deployment.skipReason}` } as const;
    return { diff: { ...base, previous: 'unknown', images: [], notLookedAt: [], settle }, failure: null };
  }
  const recorded = input.given === null ? await recordedImages(deployment, clients.ledger) : null;
  if (recorded !== null) return { diff: { ...base, ...recorded }, failure: null };
  const seen = await observe(deployment, chosen, input.given, clients.argoCd, input.customResources);
  const observation = { ...seen, current: placed(seen.current, deployment) };
  const cluster = await lookAtCluster(observation.current, deployment, {
    ...clients,
    strategy: strategy.name,
    settleTimeoutMs: input.settleTimeoutMs,
  });
  const { containers, refused } = toDeployedContainers(cluster.workloads, cluster.digestsOf);
  const records = await readRecords(deployment, containers, clients.ledger);
  const previous = previousImages(records, observation.previous && placed(observation.previous, deployment));
  const images = [...toDeployedImages(containers, previous), ...toRefusedImages(refused)];
  const missing = [...observation.notLookedAt, ...cluster.notLookedAt];
  const diff: ImageDiff = {
    ...base,
    previous: previous.from,
    images,
    notLookedAt: summarise([
      ...missing,
      ...unknownDigests(images),
      ...(all && strategy.name === 'argocd-diff' ? [unchangedNotShown(deployment)] : []),
    ]),
    settle: cluster.settle,
  };
  return { diff, failure: failureOf(diff, deployment, input.isOurs) };
}

/** Records are read until they tell what each container ran; one that is in none of these was not deployed for long. */
const MAX_RECORDS = 100;

async function readRecords(
  { id, source, operation }: Deployment,
  containers: readonly DeployedContainer[],
  ledger: Ledger | null,
): Promise<DeploymentRecord[]> {
  const records: DeploymentRecord[] = [];
  if (ledger === null || containers.length === 0) return records;
  const known: RecordedImages = new Map();
  for await (const record of ledger.before({ instance: source.instance, uid: source.uid }, operation.startedAt)) {
    // What an earlier run of this operation recorded is not what ran before it.
    if (record.id === id) continue;
    records.push(record);
    learn(known, record);
    if (records.length === MAX_RECORDS || containers.every(container => isToldBy(known, container))) break;
  }
  return records;
}

/** A rendering may leave the namespace to the Application. */
const placed = (workloads: WorkloadImages[], { destination }: Deployment): WorkloadImages[] =>
  workloads.map(workload => ({ ...workload, namespace: workload.namespace || (destination.namespace ?? '') }));

const unchangedNotShown = ({ source }: Deployment): NotLookedAt => ({
  what: 'unchanged',
  where: `Application ${source.namespace}/${source.name}`,
  why: 'a diff shows changed resources only: of the images that did not change, those it does not show are missing',
});
