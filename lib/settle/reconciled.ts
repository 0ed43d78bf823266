import * as z from 'zod';
import type { Kubernetes } from '../clients/kubernetes.ts';
import { ExitCode, Failure } from '../runtime/failure.ts';
import type { Clock } from './settle.ts';

const POLL_MS = 2_000;

const Application = z.object({
  status: z
    .object({
      reconciledAt: z.string().optional(),
      operationState: z.object({ startedAt: z.string().optional() }).optional().catch(undefined),
    })
    .prefault({}),
});
type Status = z.infer<typeof Application>['status'];

/** When Argo CD last compared an Application (status.reconciledAt), against when its operation ended. */
export interface Reconciliation {
  namespace: string;
  name: string;
  reconciledAt: string | null;
  finishedAt: string | null;
}

/**
 * Waits until Argo CD has looked at the Application after the operation ended: until then what it says is older than the
 * deployment. Where either time is unknown, or the Application may not be read again, nothing is waited for.
 * @returns null, or why it is not so
 */
export async function waitUntilReconciled(
  application: Reconciliation,
  { kubernetes, timeoutMs, clock }: { kubernetes: Kubernetes; timeoutMs: number; clock: Clock },
): Promise<string | null> {
  const endsAt = clock.nowMs() + timeoutMs;
  let { reconciledAt } = application;
  while (isBehind(reconciledAt, application.finishedAt)) {
    if (clock.nowMs() + POLL_MS > endsAt) return 'Argo CD has not compared the Application since the operation ended';
    await clock.sleep(POLL_MS);
    reconciledAt = (await read(application, kubernetes))?.reconciledAt ?? null;
  }
  return null;
}

const isBehind = (reconciledAt: string | null, finishedAt: string | null): boolean =>
  reconciledAt !== null && finishedAt !== null && Date.parse(reconciledAt) < Date.parse(finishedAt);

/**
 * Whether another operation of the Application has started by now: what the cluster shows is then not of this one alone.
 * Where nobody may say, it has not.
 * @param application startedAt is when the operation started, RFC 3339
 * @throws Failure 75 where the cluster does not answer
 */
export async function hasMovedOn(
  { startedAt, ...application }: { namespace: string; name: string; startedAt: string },
  kubernetes: Kubernetes,
): Promise<boolean> {
  const last = (await read(application, kubernetes))?.operationState?.startedAt;
  return last !== undefined && Date.parse(last) > Date.parse(startedAt);
}

async function read(
  { namespace, name }: Pick<Reconciliation, 'namespace' | 'name'>,
  kubernetes: Kubernetes,
): Promise<Status | null> {
  try {
    const object = await kubernetes.read({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      namespace,
      name,
    });
    return Application.safeParse(object).data?.status ?? null;
  } catch (error) {
    if (error instanceof Failure && error.exitCode === ExitCode.input) return null;
    throw error;
  }
}
