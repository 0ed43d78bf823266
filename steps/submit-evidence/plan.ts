import type { Artifact, ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { type DeployedImage, isImageReference } from '../../lib/contracts/image-diff.ts';
import { idempotencyKeyOf, sha256Of } from '../../lib/delivery/idempotency-key.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';
import { evidenceBodyOf } from './body.ts';

export const STEP = 'submit-evidence';

/** What is owed for each artifact, in the order of the set. Nothing in it depends on the time or on the run. */
export const planEvidence = (
  deployment: Deployment,
  { artifacts }: ArtifactSet,
  settings: Configuration['jet'],
  target: string,
): PlannedDelivery[] => artifacts.map(artifact => planOne(deployment, artifact, settings, target));

/** What may not be sent yet, as it is planned: without a body. */
export const heldBack = (planned: PlannedDelivery, why: string): PlannedDelivery =>
  planned.state === 'skipped'
    ? planned
    : {
        ...planned,
        state: 'quarantined',
        body: null,
        bodySha256: null,
        idempotencyKey: null,
        detail: planned.state === 'quarantined' ? `${why}. It also lacks metadata: ${planned.detail}` : why,
      };

function planOne(
  deployment: Deployment,
  artifact: Artifact,
  settings: Configuration['jet'],
  target: string,
): PlannedDelivery {
  const { image, fieldSources, detail } = artifact;
  const subject = subjectOf(image);
  const about = { step: STEP, target, subject, reference: image.reference, provenance: { ...fieldSources } } as const;
  const nothing = { body: null, bodySha256: null, idempotencyKey: null };
  if (artifact.outcome === 'third-party') return { ...about, ...nothing, state: 'skipped', detail };
  const body = artifact.outcome === 'resolved' ? evidenceBodyOf(deployment, artifact, settings) : null;
  if (body === null) return { ...about, ...nothing, state: 'quarantined', detail };
  const idempotencyKey = idempotencyKeyOf(deployment.id, STEP, subject);
  return { ...about, body, bodySha256: sha256Of(body), idempotencyKey, state: 'planned', detail: 'not sent yet' };
}

/** An image by its digest, by its tag where nobody knows the digest. */
function subjectOf(image: DeployedImage): string {
  if (!isImageReference(image)) return image.reference;
  const { registry, repository, digest, tag } = image;
  const name = `${registry}/${repository}`;
  return digest === null ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
}
