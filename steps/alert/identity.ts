import type { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { ObjectName } from '../../lib/contracts/primitives.ts';
import { parseEvent } from '../../lib/events/parse-event.ts';
import { operationIn } from '../../lib/events/sync-finished.ts';
import { type Run, valueIn } from '../../lib/run/run.ts';
import { Failure } from '../../lib/runtime/failure.ts';

/** Which operation a run is about, as far as anything tells. */
export interface Identity extends Pick<DeploymentAlert, 'name' | 'operation' | 'instance' | 'application'> {
  environment: string | null;
  /** The Application in the page of Argo CD. */
  url: string | null;
  startedAt: string | null;
}

/**
 * The operation of a run: from deployment.json; where fetch-app did not get so far from the event; else from the name of the
 * Workflow.
 * @param event text of the event, null where there is none
 * @returns null where even the Workflow has no name
 */
export function identityOf(run: Run, event: string | null): Identity | null {
  const deployment = valueIn(run.deployment);
  if (deployment !== null) {
    const { id, source, targetEnvironment, operation } = deployment;
    const { namespace, name, instance, url } = source;
    return {
      name: id,
      operation: id,
      instance,
      application: { namespace, name },
      environment: targetEnvironment,
      url,
      startedAt: operation.startedAt,
    };
  }
  const sent = eventIn(event);
  if (sent !== null) {
    const { id, instance, data } = sent;
    const application = { namespace: data.namespace, name: data.application };
    return {
      name: id,
      operation: id,
      instance,
      application,
      environment: null,
      url: null,
      startedAt: data.startedAt,
    };
  }
  const name = ObjectName.safeParse(run.workflow).data;
  if (name === undefined) return null;
  const operation = operationIn(name)?.id ?? null;
  return {
    name: operation ?? name,
    operation,
    instance: '',
    application: null,
    environment: null,
    url: null,
    startedAt: null,
  };
}

function eventIn(text: string | null) {
  if (text === null || text.trim() === '') return null;
  try {
    return parseEvent(text, 'event');
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
