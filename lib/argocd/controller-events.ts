import * as z from 'zod';
import type { ResourceType } from '../clients/custom-objects.ts';
import type { ObjectPages } from '../clients/object-pages.ts';
import { badInput, type Failure } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';

const time = z.string().refine(value => !Number.isNaN(Date.parse(value)), 'not a time');

/** Who writes OperationCompleted: not a person, and not a program that only reports. */
const CONTROLLER = 'argocd-application-controller';

/** An Event of an Application as events.k8s.io/v1 shows it. Argo CD writes the older form, whose times are the deprecated ones. */
export const ControllerEvent = z.object({
  deprecatedSource: z.object({ component: z.string().nullish() }).nullish(),
  reportingController: z.string().nullish(),
  reason: z.string().nullish(),
  regarding: z.object({ uid: z.string().default('') }),
  note: z.string().default(''),
  metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish(), creationTimestamp: time }),
  deprecatedFirstTimestamp: time.nullish(),
});
export type ControllerEvent = z.infer<typeof ControllerEvent>;

/** Who started an operation, as Argo CD writes it. */
export interface Initiated {
  username?: string;
  automated?: boolean;
}

/** Argo CD's OperationCompleted. Source: setOperationState in controller/appcontroller.go of Argo CD 3.5. */
export interface CompletedEvent {
  uid: string;
  /** When it was written, right after operationState.finishedAt. */
  at: string;
  succeeded: boolean;
  /** Resources were selected, by a person or for a self-heal. */
  partial: boolean;
  /** Empty for several sources. */
  revision: string;
  message: string;
}

/** Argo CD's OperationStarted, written right after the operation was asked for. */
export interface StartedEvent {
  uid: string;
  at: string;
  initiatedBy: Initiated;
}

/** What the Events of one Application say. */
export interface ApplicationEvents {
  completed: CompletedEvent[];
  started: StartedEvent[];
}

const at = ({ deprecatedFirstTimestamp, metadata }: ControllerEvent): string =>
  deprecatedFirstTimestamp ?? metadata.creationTimestamp;

/** `[Partial ]Sync operation[ to <revision>] succeeded`, or ` failed: <message>`: setOperationState of Argo CD 2.11 to 3.5. */
const COMPLETED = /^(Partial s|S)ync operation(?: to (\S*))? (?:(succeeded)$|failed: ?(.*)$)/s;

/** @returns null where the text is another one, of a version that is not known, or another program wrote it */
export function toCompleted(event: ControllerEvent): CompletedEvent | null {
  if ((event.deprecatedSource?.component || event.reportingController) !== CONTROLLER) return null;
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

const EVENTS: ResourceType = { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event' };
const A_PAGE = 500;

/** Of one Application, of each kind: Argo CD writes two a sync. Whoever may write Events may write any number. */
const MAX_EVENTS = 500;

/**
 * What the Events of a namespace say of operations, by the uid of the Application. They last about an hour.
 * @param uid of one Application, where no other is asked for
 * @param unreadable hears of Events that tell nothing: not as documented, or too many of one Application
 * @throws as the pages do: Failure 2 forbidden, 75 the API server does not answer
 */
export async function readControllerEvents(
  pages: ObjectPages,
  namespace: string,
  uid?: string,
  unreadable: (why: Failure) => void = () => {},
): Promise<Map<string, ApplicationEvents>> {
  const found = new Map<string, ApplicationEvents>();
  const full = new Set<string>();
  const of = (application: string): ApplicationEvents => {
    const known = found.get(application) ?? { completed: [], started: [] };
    found.set(application, known);
    return known;
  };
  const add = <T extends { uid: string }>(list: T[], event: T) => {
    if (list.length < MAX_EVENTS) list.push(event);
    else full.add(event.uid);
  };
  const one = uid === undefined ? '' : `,regarding.uid=${uid}`;
  async function* ofReason(reason: string) {
    const fieldSelector = `regarding.kind=Application${one},reason=${reason}`;
    for await (const page of pages.whole(EVENTS, { namespace, fieldSelector, limit: A_PAGE }))
      for (const object of page) {
        const { data, error } = ControllerEvent.safeParse(object);
        if (data === undefined)
          unreadable(badInput('Not as documented', `Event in ${namespace}: ${describeIssues(error)}`, 'delete it'));
        else if (data.reason === reason) yield data;
      }
  }
  for await (const object of ofReason('OperationCompleted')) {
    const event = toCompleted(object);
    if (event !== null) add(of(event.uid).completed, event);
  }
  for await (const object of ofReason('OperationStarted')) {
    const event = toStarted(object);
    add(of(event.uid).started, event);
  }
  for (const application of full)
    unreadable(
      badInput(
        'Too many Events',
        `of one Application in ${namespace}, uid ${application}`,
        `${MAX_EVENTS} of each kind are looked at: find out who writes them`,
      ),
    );
  return found;
}
