import * as z from 'zod';
import type { Delivery, DeploymentRecord } from './deployment-record.ts';
import { isRecorded } from './evidence-receipts.ts';
import { Timestamp } from './primitives.ts';
import { whyNoRelease } from './release-owed.ts';

/**
 * What a record still needs. owed: something is not delivered, another run may do it. unknown: nothing tells which images
 * were deployed. held: the store refused something, or it is held back; a person must mend or accept it. complete: nothing.
 */
export const RecordState = z.enum(['owed', 'unknown', 'held', 'complete']);
export type RecordState = z.infer<typeof RecordState>;

/** The columns of `kubectl get deploymentrecords` that have to be counted. */
export const DeploymentRecordSummary = z
  .strictObject({
    artifacts: z.number().int().nonnegative().describe('Artifacts that evidence is owed for.'),
    submitted: z.number().int().nonnegative().describe('Artifacts whose evidence is recorded.'),
    changeRequest: z.string().optional().describe('Change request of the recorded release event.'),
    state: RecordState.optional().describe(
      'owed: something is not delivered yet. unknown: nothing tells which images were deployed. held: a person must mend something. complete: nothing is missing.',
    ),
    acceptedAt: Timestamp.optional().describe('When a person last accepted what was held back.'),
    changedAt: Timestamp.optional().describe('When a delivery last changed; absent where nothing was planned.'),
  })
  .describe('Counted from the deliveries at each write.');
export type DeploymentRecordSummary = z.infer<typeof DeploymentRecordSummary>;

const acceptedAt = (acceptances: DeploymentRecord['acceptances'] = []) => {
  const last = acceptances.at(-1);
  return last === undefined ? {} : { acceptedAt: last.at };
};

export function summaryOf(record: DeploymentRecord): DeploymentRecordSummary {
  const { deliveries } = record;
  const evidence = deliveries.filter(({ step, state }) => step === 'submit-evidence' && state !== 'skipped');
  const release = deliveries.find(delivery => delivery.step === 'submit-release' && isRecorded(delivery.state));
  const changedAt = deliveries.map(({ updatedAt }) => updatedAt).sort();
  return {
    artifacts: evidence.length,
    submitted: evidence.filter(({ state }) => isRecorded(state)).length,
    ...(release && { changeRequest: release.reference }),
    state: stateOf(record),
    ...acceptedAt(record.acceptances),
    ...(changedAt.length > 0 && { changedAt: changedAt[changedAt.length - 1] }),
  };
}

/** As far as it can be told from a plan alone, while the deliveries are in parts: something is owed until they are counted. */
export function plannedSummaryOf(
  before: DeploymentRecordSummary | null,
  changes: readonly {
    type: string;
    at: string;
    step?: string;
    artifacts?: unknown;
    deliveries?: readonly { state: string }[];
  }[],
): DeploymentRecordSummary {
  const known = before ?? { artifacts: 0, submitted: 0, state: 'owed' };
  const acceptance = changes.findLast(({ type }) => type === 'accept');
  if (acceptance !== undefined) return { ...known, state: 'owed', acceptedAt: acceptance.at };
  const plan = changes.findLast(({ type, step }) => type === 'plan' && step === 'submit-evidence');
  if (plan === undefined) return known;
  const artifacts = plan.deliveries?.filter(({ state }) => state !== 'skipped').length ?? 0;
  const owed = plan.artifacts === 'known' ? artifacts : Math.max(known.artifacts, artifacts);
  return { ...known, artifacts: owed, state: 'owed', changedAt: plan.at };
}

const WAITING: readonly Delivery['state'][] = ['planned', 'sending', 'uncertain'];
const HELD: readonly Delivery['state'][] = ['rejected', 'quarantined'];

function stateOf(record: DeploymentRecord): RecordState {
  const has = (states: readonly Delivery['state'][]) => record.deliveries.some(({ state }) => states.includes(state));
  if (has(WAITING)) return 'owed';
  if (record.artifacts === 'unknown') return 'unknown';
  if (has(HELD)) return isAccepted(record) ? 'owed' : 'held';
  return isUnplanned(record) || owesRelease(record) ? 'owed' : 'complete';
}

/** Everything that is held back was so when a person accepted it: the next run may send it. */
function isAccepted({ deliveries, acceptances = [] }: DeploymentRecord): boolean {
  const at = acceptances.at(-1)?.at;
  if (at === undefined) return false;
  const held = deliveries.filter(({ state }) => HELD.includes(state));
  return held.every(({ state, updatedAt }) => state === 'quarantined' && Date.parse(updatedAt) <= Date.parse(at));
}

/**
 * It was opened, and no run came so far as to say what is owed. Of a dry run nothing ever is. Records from before there were
 * receipts were written with their plan, and one that such a version left without any owes nothing.
 */
export function isUnplanned({ deployment, artifacts, images, deliveries, receipts = [] }: DeploymentRecord): boolean {
  const [first] = receipts;
  if (first === undefined || first.state === 'adopted' || deployment.disposition === 'skip') return false;
  return artifacts === undefined && images.length === 0 && deliveries.length === 0;
}

/** A production sync whose evidence is recorded, and whose release event was never planned. */
function owesRelease({ deployment, deliveries }: DeploymentRecord): boolean {
  const isPlanned = deliveries.some(({ step }) => step === 'submit-release');
  return !isPlanned && whyNoRelease(deployment, deliveries.length) === null;
}
