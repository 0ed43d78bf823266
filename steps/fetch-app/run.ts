import { readControllerEvents } from '../../lib/argocd/controller-events.ts';
import { createKubernetes } from '../../lib/clients/kubernetes.ts';
import { createObjectPages } from '../../lib/clients/object-pages.ts';
import { Deployment, isConfirmed } from '../../lib/contracts/deployment.ts';
import { identifyRun } from '../../lib/delivery/connection.ts';
import { parseEvent } from '../../lib/events/parse-event.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { badInput } from '../../lib/runtime/failure.ts';
import { readInput, writeArtifact } from '../../lib/runtime/files.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { say } from '../../lib/runtime/program.ts';
import { readYaml } from '../../lib/runtime/yaml.ts';
import { Application } from './application.ts';
import { openRecord } from './open-record.ts';
import { fetchApp, type Sources } from './step.ts';

export interface Flags {
  out: string;
  config?: string;
  eventFile?: string;
  event?: string;
  application?: string;
  ledger?: string;
  dryRun?: boolean;
}

export async function run(flags: Flags): Promise<void> {
  const event = await readEvent(flags);
  const config = await readConfiguration(flags.config);
  const deployment = await fetchApp({ event, config }, sourcesOf(flags));
  await writeArtifact(Deployment, flags.out, deployment);
  if (flags.ledger !== undefined && !flags.dryRun) {
    const { run } = identifyRun();
    await openRecord(openLedger(flags.ledger), deployment, config, { run, at: new Date().toISOString() });
  }
  const { operation, source, resources } = deployment;
  const what = `${source.namespace}/${source.name} ${deployment.id}: ${operation.phase}`;
  if (!isConfirmed(deployment)) say(`${what}, unconfirmed: ${operation.unconfirmedBecause}`);
  else say(`${what}, known from ${operation.knownFrom}, ${resources.length} resources`);
}

async function readEvent({ eventFile, event }: Flags) {
  if (eventFile !== undefined && event === undefined)
    return parseEvent(await readInput(eventFile, '--event-file'), `--event-file=${eventFile}`);
  if (event !== undefined && eventFile === undefined) return parseEvent(event, '--event');
  throw badInput('Not one event', '--event-file, --event', 'give exactly one of the two');
}

/** The cluster and the ledger; a file of the Application takes the place of the cluster. */
function sourcesOf({ application, ledger }: Flags): Sources {
  return {
    ...(application === undefined ? inCluster() : inFile(application)),
    async recorded(id) {
      return ledger === undefined ? null : ((await openLedger(ledger).read(id))?.deployment ?? null);
    },
    async *recordedBefore(of, time) {
      if (ledger === undefined) return;
      for await (const { deployment } of openLedger(ledger).before(of, time)) yield deployment;
    },
  };
}

type Shown = Pick<Sources, 'application' | 'events'>;

function inCluster(): Shown {
  const cluster = createKubernetes();
  return {
    async application(namespace, name) {
      const found = await cluster.read({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace, name });
      const remedy = 'Argo CD 2.11 and later are understood';
      return found === null ? null : parseAs(Application, found, `Application ${namespace}/${name}`, remedy);
    },
    async events(namespace, uid) {
      // What is not read may be what contradicts: then nothing is confirmed.
      const found = await readControllerEvents(createObjectPages(), namespace, uid, failure => {
        throw failure;
      });
      return found.get(uid) ?? { completed: [], started: [] };
    },
  };
}

const inFile = (path: string): Shown => ({
  application: () => readApplicationFile(path),
  async events() {
    throw badInput('No cluster was asked', `--application=${path}`, 'leave it out to ask Kubernetes for its Events');
  },
});

async function readApplicationFile(path: string): Promise<Application> {
  const on = `--application=${path}`;
  const remedy = 'give one Application as kubectl get application -o yaml prints it';
  const text = await readInput(path, '--application');
  return parseAs(Application, jsonOf(text) ?? readYaml(text, on, remedy), on, remedy);
}

/** JSON by itself, because Kubernetes takes values that are nested deeper than YAML is read. @returns null where it is none */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
