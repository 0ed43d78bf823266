import * as z from 'zod';
import { NamespaceName, ObjectName, OperationId, Timestamp } from './primitives.ts';

const line = (what: string) => z.string().max(1500).describe(what);

/** What one channel was told. */
export const AlertChannel = z
  .strictObject({
    name: z.string().describe('Name of the channel in the configuration.'),
    state: z
      .enum(['pending', 'sent', 'failed', 'resolved'])
      .describe(
        'pending: a run is telling it, or nobody has yet. sent: it was told that something is missing. failed: it did not take the message, and is told again. resolved: it was told that nothing is missing any more, or never heard of it.',
      ),
    at: Timestamp.describe('When this state began; for pending, when a run took it upon itself to tell.'),
    detail: line('What the channel answered, or why it could not be told.'),
  })
  .describe('One channel.');
export type AlertChannel = z.infer<typeof AlertChannel>;

/** What is missing, fixed when the alert is raised: it identifies the alert wherever it was told. */
export const AlertCause = z.strictObject({
  operation: OperationId.nullable().describe('Operation id, the name of the record; null where none is known.'),
  instance: z.string().describe('Name of the Argo CD in the configuration; empty where it is not known.'),
  application: z
    .strictObject({
      namespace: NamespaceName.describe('Namespace of the Application.'),
      name: ObjectName.describe('Name of the Application.'),
    })
    .nullable()
    .describe('The Application; null where the event does not tell it.'),
  environment: z.string().nullable().describe('Target environment; null where it is not known.'),
  what: line('What is missing, in a few words.'),
  subject: line('What it is missing of.'),
  remedy: line('What a person can do.'),
  links: z
    .strictObject({
      workflow: z.string().nullable().describe('The Workflow in the page of Argo Workflows.'),
      application: z.string().nullable().describe('The Application in the page of Argo CD.'),
    })
    .describe('Where to look.'),
});
export type AlertCause = z.infer<typeof AlertCause>;

/** A person looked into it, and nothing more will be done. */
export const Acceptance = z
  .strictObject({
    by: z.string().min(1).max(200).describe('Who accepted it: as given by --by, else the identity.'),
    identity: z
      .string()
      .nullable()
      .describe('Who the API server says that was; null where it does not tell, or there is no cluster.'),
    reason: line('Why, in the words of that person.').min(1),
    at: Timestamp.describe('When.'),
    what: line('What was missing then.'),
  })
  .describe('A person looked into it and closed it.');
export type Acceptance = z.infer<typeof Acceptance>;

/**
 * Something is missing and a person should know: one for each sync operation, and one for each event that could not start a
 * Workflow. Creating it is what keeps two runs from telling twice.
 */
export const DeploymentAlert = z
  .strictObject({
    schemaVersion: z.literal('aftersync.deployment-alert/v1').describe('Contract and version of this document.'),
    name: ObjectName.describe('Operation id, or dead-letter-<name of the ConfigMap>.'),
    ...AlertCause.shape,
    state: z
      .enum(['firing', 'resolved'])
      .describe('firing: it is missing. resolved: it is not missing any more, or a person accepted that it is.'),
    since: Timestamp.describe('When it was raised.'),
    resolvedAt: Timestamp.nullable().describe('When it was resolved; null while it fires.'),
    latest: line('What the latest run that looked at it found.'),
    accepted: Acceptance.optional().describe(
      'Who closed it, and why: it never fires again, and is never deleted. Absent where nobody did.',
    ),
    channels: z.array(AlertChannel).describe('Who was told. Empty where no channel is configured.'),
  })
  .describe('Something is missing and a person should know. Named by the operation id.');
export type DeploymentAlert = z.infer<typeof DeploymentAlert>;

/** Whether it still is, and who was told: what changes after an alert was raised. */
export const DeploymentAlertStatus = DeploymentAlert.pick({
  state: true,
  since: true,
  resolvedAt: true,
  latest: true,
  accepted: true,
  channels: true,
});
