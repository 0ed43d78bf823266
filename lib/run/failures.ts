import * as z from 'zod';
import type { Part } from './run.ts';

const text = z
  .string()
  .nullish()
  .transform(value => value ?? '');

/** One node that failed, as Argo Workflows lists it in `workflow.failures`. */
export const NodeFailure = z.object({
  displayName: z.string().min(1),
  message: text,
  templateName: text,
  phase: text,
  podName: text,
  finishedAt: text,
});
export type NodeFailure = z.infer<typeof NodeFailure>;

const NodeFailures = z
  .array(NodeFailure)
  .nullable()
  .transform(nodes => nodes ?? []);

/**
 * Reads `workflow.failures`: a JSON string that holds JSON. A single layer and null are taken as well.
 * @param raw the value of AFTERSYNC_FAILURES
 */
export function parseFailures(raw: string | undefined): Part<NodeFailure[]> {
  if (raw === undefined || raw.trim() === '') return { state: 'absent' };
  try {
    const once: unknown = JSON.parse(raw);
    const twice: unknown = typeof once === 'string' ? JSON.parse(once) : once;
    return { state: 'read', value: NodeFailures.parse(twice) };
  } catch {
    return { state: 'unreadable', why: 'it is not the list of failed nodes that Argo Workflows documents' };
  }
}
