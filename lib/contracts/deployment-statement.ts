import * as z from 'zod';
import { OperationId, Sha256, Timestamp } from './primitives.ts';
import { FinishedPhase } from './sync-event.ts';

/** in-toto Statement v1 about one record: what a seal signs. Verifiers of attestations find it by the digest of an image. */
export const DeploymentStatement = z
  .strictObject({
    _type: z.literal('https://in-toto.io/Statement/v1'),
    subject: z
      .array(
        z.strictObject({
          name: z.string().describe('<registry>/<repository> of an image, or deploymentrecord/<id>.'),
          digest: z.strictObject({ sha256: Sha256.describe('Manifest digest of the image, or head of the record.') }),
        }),
      )
      .min(1)
      .describe(
        'The deployed artifacts whose digest is known. The record itself where there are none, or where parts hold them.',
      ),
    predicateType: z.literal('https://aftersync.dev/deployment/v1'),
    predicate: z
      .strictObject({
        record: OperationId.describe('Name of the DeploymentRecord.'),
        sequence: z.number().int().positive().describe('Receipts that the record held, the last one included.'),
        head: Sha256.describe('Hash of the last of them: it covers the record as it was then.'),
        application: z.strictObject({ instance: z.string(), namespace: z.string(), name: z.string() }),
        environment: z.string().describe('Target environment of the deployment.'),
        startedAt: Timestamp.describe('When the sync operation started.'),
        phase: FinishedPhase.describe('How it ended.'),
        changeRequest: z.string().optional().describe('Change request of the recorded release event.'),
      })
      .describe('What was deployed, and the chain that says so.'),
  })
  .describe('Payload of a seal.');
export type DeploymentStatement = z.infer<typeof DeploymentStatement>;
