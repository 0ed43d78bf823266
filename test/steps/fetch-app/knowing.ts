import type { ApplicationEvents } from '../../../lib/argocd/controller-events.ts';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import type { Application } from '../../../steps/fetch-app/application.ts';
import type { Sources } from '../../../steps/fetch-app/step.ts';

interface Known {
  application?: Application | null;
  /** Of this operation. */
  recorded?: Deployment | null;
  /** Of any operation of the Application. */
  records?: Deployment[];
  events?: Partial<ApplicationEvents> | Error;
}

/** A cluster that knows what is given, and nothing else. */
export const knowing = ({ application = null, recorded = null, records = [], events = {} }: Known = {}): Sources => ({
  application: async () => application,
  recorded: async () => recorded,
  async events() {
    if (events instanceof Error) throw events;
    return { completed: [], started: [], ...events };
  },
  async *recordedBefore(_, time) {
    const at = ({ operation }: Deployment) => Date.parse(operation.startedAt);
    yield* records.filter(record => at(record) < Date.parse(time)).sort((a, b) => at(b) - at(a));
  },
});
