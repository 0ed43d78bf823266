import * as z from 'zod';
import type { CompletedEvent, StartedEvent } from './operation.ts';

const time = z.string().nullish();

/** An Event of an Application as events.k8s.io/v1 shows it. Argo CD writes the older form, whose times are the deprecated ones. */
export const ControllerEvent = z.object({
  regarding: z.object({ uid: z.string().default('') }),
  note: z.string().default(''),
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish(), creationTimestamp: z.string() }),
  deprecatedFirstTimestamp: time,
});
export type ControllerEvent = z.infer<typeof ControllerEvent>;

const at = ({ deprecatedFirstTimestamp, metadata }: ControllerEvent): string =>
  deprecatedFirstTimestamp ?? metadata.creationTimestamp;

/** `[Partial ]Sync operation[ to <revision>] succeeded`, or ` failed: <message>`: setOperationState of Argo CD 2.11 to 3.5. */
const COMPLETED = /^(Partial s|S)ync operation(?: to (\S*))? (?:(succeeded)$|failed: ?(.*)$)/s;

/** @returns null where the text is another one, of a version that is not known */
export function toCompleted(event: ControllerEvent): Omit<CompletedEvent, 'initiatedBy'> | null {
  const found = COMPLETED.exec(event.note);
  if (found === null) return null;
  const [, kind, revision = '', succeeded, message = ''] = found;
  return {
    uid: event.regarding.uid,
    at: at(event),
    succeeded: succeeded !== undefined,
    partial: kind === 'Partial s',
    revision,
    message,
  };
}

/** `Initiated automated sync to '…'` by the controller, `<user> initiated [partial ]sync to …` by the API server. */
export function toStarted(event: ControllerEvent): StartedEvent {
  const automated = /^Initiated automated sync\b/.test(event.note);
  const username = event.metadata.annotations?.user;
  const initiatedBy = automated ? { automated } : username ? { username } : {};
  return { uid: event.regarding.uid, at: at(event), initiatedBy };
}
