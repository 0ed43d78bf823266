import type * as z from 'zod';
import type { SyncEvent } from '../contracts/sync-event.ts';
import { goJson } from './go-json.ts';
import { operationId } from './parse-event.ts';

/** What the webhook is posted: the name of the Workflow, and the event as base64. */
export interface EventBody {
  name: string;
  event: string;
}

/** Beyond it a pod's template could not hold the event, see event-sources/argocd/notifications-cm.yaml. */
const MAX_BYTES = 64_000;
const MAX_NAME = 40;

/** Name of the Workflow of an operation: the application cut to 40 characters, a dash, the operation id. */
export const workflowNameOf = (application: string, id: string): string =>
  `${application.slice(0, MAX_NAME).replace(/^[.-]+|[.-]+$/g, '')}-${id}`;

/** `-r<n>` for a resume, and what `argo resubmit` adds. */
const WORKFLOW_NAME = /-([0-9a-f]{16})(?:-r(\d+))?(?:-[a-z0-9]{5})*$/;

/** Which operation a Workflow is of, and which resume, 0 for none. @returns null where the name does not tell */
export function operationIn(workflow: string): { id: string; resume: number } | null {
  const [, id, resume = '0'] = WORKFLOW_NAME.exec(workflow) ?? [];
  return id === undefined ? null : { id, resume: Number(resume) };
}

/** The body that the notification template builds of the same data, byte for byte: a test renders both. */
export function syncFinished(data: z.input<typeof SyncEvent>, instance = 'default'): EventBody {
  const id = operationId(data.uid, data.startedAt);
  const name = workflowNameOf(data.application, id);
  const envelope = {
    schema: 'aftersync.event/v1',
    kind: 'argocd.sync-finished',
    instance,
    id,
    name,
    data: fitting(data),
  };
  return { name, event: Buffer.from(goJson(envelope)).toString('base64') };
}

/** First the resources are left out, then the sources, which fetch-app reads from the Application while it shows them. */
function fitting(data: z.input<typeof SyncEvent>): z.input<typeof SyncEvent> {
  if (sizeOf(data) <= MAX_BYTES) return data;
  const without = { ...data, resources: [], resourcesOmitted: true };
  return sizeOf(without) <= MAX_BYTES ? without : { ...without, sources: [], revisions: [] };
}

const sizeOf = (data: object): number => Buffer.byteLength(goJson(data));
