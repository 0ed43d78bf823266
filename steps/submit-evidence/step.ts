import { JET_PATHS } from '../../lib/clients/jet.ts';
import type { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type Deployment, isConfirmed } from '../../lib/contracts/deployment.ts';
import type { Delivery, DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { isContradicted } from '../../lib/contracts/image-diff.ts';
import type { Connection } from '../../lib/delivery/connection.ts';
import { whyContradicted } from '../../lib/delivery/contradicted.ts';
import { type Courier, createCourier } from '../../lib/delivery/courier.ts';
import { whyUnconfirmed } from '../../lib/delivery/unconfirmed.ts';
import type { Change, PlannedDelivery } from '../../lib/ledger/change.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { matchDeliveries, repositoryOf } from '../../lib/ledger/match.ts';
import { inOrderOfParts } from '../../lib/ledger/part.ts';
import { badInput, type Failure } from '../../lib/runtime/failure.ts';
import { heldBack, planEvidence, STEP } from './plan.ts';
import {
  failureOf,
  heldFailureOf,
  type Receipt,
  receiptFor,
  receiptsOf,
  receiptsOfPlan,
  unknownFailureOf,
} from './receipts.ts';

/** A record does not grow with what a cluster hides. */
const MAX_NOT_LOOKED_AT = 50;

type PlanChange = Extract<Change, { type: 'plan' }>;

type Knowledge = Pick<PlanChange, 'images' | 'artifacts' | 'notLookedAt'>;

export interface Input {
  deployment: Deployment;
  artifacts: ArtifactSet;
  settings: Configuration['jet'];
  run: string;
  owner: string;
  /** RFC 3339, when the run began. */
  at: string;
}

export interface Output {
  evidence: EvidenceReceipts;
  /** Why something is still owed. */
  failure: Failure | null;
}

/**
 * Sends one record for each artifact that evidence is owed for; of an operation that nothing of Argo CD confirms, nothing
 * before a person has accepted it. Running it twice, at once or after a kill, sends nothing
 * twice: the ledger holds each frozen body, who sends it and what came of it, and only what is still owed is sent.
 * @throws Failure 2 where the inputs are of two operations
 */
export async function submitEvidence(
  input: Input,
  { ledger, connect }: { ledger: Ledger; connect: () => Connection },
): Promise<Output> {
  const { deployment, artifacts, settings, run, owner, at } = input;
  const mayBeHeld = !isConfirmed(deployment) || artifacts.artifacts.some(({ image }) => isContradicted(image));
  const known = mayBeHeld ? await ledger.read(deployment.id) : null;
  const why = whyUnconfirmed(deployment, known);
  const planned = planOf(input, why, known);
  const plan: PlanChange = { type: 'plan', at, step: STEP, ...knowledgeOf(artifacts), deliveries: planned };
  const open: Change = { type: 'open', at, deployment, run };
  const about = { ledger, id: deployment.id, step: STEP, owner, target: targetOf(settings), settings } as const;
  const courierOf = ({ jet, budget }: Connection) => createCourier({ ...about, budget, post: jet.publishDeployment });
  const add = (courier: Courier, deliveries: readonly Delivery[]) => {
    const [wanted, left] = [deliveriesOf(planned, deliveries), leftOut(planned, deliveries)];
    // Where nobody knows the images, what an earlier run planned is owed as well.
    if (artifacts.unknown) courier.add([...wanted, ...left]);
    else courier.add(wanted, left.filter(isOnItsWay));
  };
  // Credentials are looked for before anything is kept, and only where something may be sent.
  if (planned.length === 0 || why !== null) {
    const opened = await ledger.apply(deployment.id, deployment.disposition === 'skip' ? [open] : [open, plan]);
    const isOwed = why === null && leftOut(planned, opened.deliveries).some(isOpen);
    const courier = isOwed ? courierOf(connect()) : null;
    if (courier !== null) add(courier, opened.deliveries);
    return ended(input, ledger, planned, why, (await courier?.ended()) ?? null);
  }
  const courier = courierOf(connect());
  const first = courier.firstClaims(toSend(planned, plan), at);
  // The first are on their way while the last are still being planned.
  courier.during(ledger.apply(deployment.id, [open, plan, ...first], written => add(courier, written)));
  return ended(input, ledger, planned, why, await courier.ended());
}

/** What has become of what was planned, and of what an earlier run had planned and this one left out. */
async function ended(
  { deployment, artifacts }: Input,
  ledger: Ledger,
  planned: readonly PlannedDelivery[],
  why: string | null,
  stopped: Failure | null,
): Promise<Output> {
  const at = new Date().toISOString();
  const known = await ledger.apply(deployment.id, []);
  const withdrawn = (artifacts.unknown ? [] : leftOut(planned, known.deliveries))
    .filter(({ state }) => state === 'planned' || state === 'rejected')
    .map(({ subject }): Change => ({ type: 'withdraw', at, step: STEP, subject }));
  const record = withdrawn.length === 0 ? known : await ledger.apply(deployment.id, withdrawn);
  const left = leftOut(planned, record.deliveries).filter(delivery => artifacts.unknown || isOnItsWay(delivery));
  const receipts = [...receiptsOf(record, planned), ...left.map(receiptFor)];
  const unknown = record.artifacts === 'known' ? null : unknownFailureOf(deployment, artifacts);
  const failure = stopped ?? heldFailureOf(receipts, why) ?? failureOf(receipts) ?? unknown;
  return { evidence: toEvidence(deployment, false, receipts), failure };
}

/** It may be recorded, nobody knows. */
const isOnItsWay = ({ state }: Delivery): boolean => state === 'uncertain' || state === 'sending';
const isOpen = (delivery: Delivery): boolean => delivery.state === 'planned' || isOnItsWay(delivery);

/** What is to be sent, in the order in which it is planned. */
const toSend = (planned: readonly PlannedDelivery[], { images = [] }: PlanChange): string[] =>
  inOrderOfParts(planned, Math.max(planned.length, images.length)).flatMap(({ state, subject }) =>
    state === 'planned' ? subject : [],
  );

/** Those of the deliveries that this run wants, each once. */
const deliveriesOf = (planned: readonly PlannedDelivery[], deliveries: readonly Delivery[]): Delivery[] => {
  const repositories = new Set(deliveries.map(({ subject }) => repositoryOf(subject)));
  const wanted = planned.filter(({ subject }) => repositories.has(repositoryOf(subject)));
  return [...new Set(matchDeliveries(deliveries, wanted).flatMap(delivery => delivery ?? []))];
};

/** Those that an earlier run planned, and this one does not. */
function leftOut(planned: readonly PlannedDelivery[], deliveries: readonly Delivery[]): Delivery[] {
  const wanted = new Set(deliveriesOf(planned, deliveries));
  return deliveries.filter(delivery => delivery.step === STEP && !wanted.has(delivery));
}

/** What would be sent. Neither ledger nor store is asked. @throws Failure 2 where the inputs are of two operations */
export function rehearse(input: Omit<Input, 'run' | 'owner' | 'at'>): Output & { planned: PlannedDelivery[] } {
  const why = whyUnconfirmed(input.deployment, null);
  const planned = planOf(input, why, null);
  const receipts = receiptsOfPlan(planned);
  const failure = heldFailureOf(receipts, why) ?? failureOf(receipts.filter(({ outcome }) => outcome !== 'pending'));
  return {
    planned,
    evidence: toEvidence(input.deployment, true, receipts),
    failure: failure ?? unknownFailureOf(input.deployment, input.artifacts),
  };
}

/** What the record keeps of the images; where nobody knows any, those that an earlier run found stay. */
function knowledgeOf({ artifacts, unchanged, unknown, notLookedAt = [] }: ArtifactSet): Knowledge {
  const images = [...artifacts.map(one => one.image), ...unchanged];
  const limits = notLookedAt.length === 0 ? {} : { notLookedAt: notLookedAt.slice(0, MAX_NOT_LOOKED_AT) };
  if (!unknown) return { artifacts: 'known', images, ...limits };
  return { artifacts: 'unknown', ...(images.length > 0 && { images }), ...limits };
}

function planOf(
  { deployment, artifacts, settings }: Pick<Input, 'deployment' | 'artifacts' | 'settings'>,
  why: string | null,
  known: DeploymentRecord | null,
): PlannedDelivery[] {
  if (artifacts.deploymentId !== deployment.id)
    throw badInput(
      'Artifacts of two operations',
      `--deployment is ${deployment.id}, --artifacts ${artifacts.deploymentId}`,
      'name the files of one run',
    );
  if (deployment.disposition === 'skip') return [];
  const planned = planEvidence(deployment, artifacts, settings, targetOf(settings));
  return planned.map((one, at) => {
    const image = artifacts.artifacts[at]?.image;
    const because = why ?? (image === undefined ? null : whyContradicted(deployment.id, image, known));
    return because === null ? one : heldBack(one, because);
  });
}

export const targetOf = ({ url }: Configuration['jet']): string => `${url.replace(/\/$/, '')}${JET_PATHS.deployment}`;

const toEvidence = ({ id }: Deployment, dryRun: boolean, receipts: Receipt[]): EvidenceReceipts => ({
  schemaVersion: 'aftersync.evidence-receipts/v1',
  deploymentId: id,
  dryRun,
  receipts,
});
