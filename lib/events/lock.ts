import { createHash } from 'node:crypto';
import * as z from 'zod';

/** The lock of a Workflow whose event names no Application: the first step refuses it within seconds. */
export const UNNAMED_LOCK = 'aftersync-unnamed';

/** Name of the mutex that the Workflows of one Application take: nothing of it but the hash comes from outside. */
export const lockName = (instance: string, uid: string): string =>
  `aftersync-${createHash('sha256').update(`${instance.trim()}/${uid.trim()}`).digest('hex').slice(0, 16)}`;

const Named = z.object({ instance: z.string(), data: z.object({ uid: z.string() }) });

/**
 * The lock of an event, as the template in sensors/argocd-sync.yaml computes it, whatever the event is.
 * @param event the EventEnvelope as base64 of JSON
 */
export function lockOf(event: string): string {
  // As Go's base64 does it: line breaks are passed over, blanks are not.
  const text = event.replace(/[\r\n]+/g, '');
  if (!z.base64().safeParse(text).success) return UNNAMED_LOCK;
  const named = Named.safeParse(parsed(Buffer.from(text, 'base64').toString('utf8')));
  return named.success ? lockName(named.data.instance, named.data.data.uid) : UNNAMED_LOCK;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
