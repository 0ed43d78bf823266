import { createKubernetes } from '../../lib/clients/kubernetes.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
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
import { fetchApp, type ReadApplication, type ReadRecorded } from './step.ts';

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
  const deployment = await fetchApp({ event, config }, readApplication(flags.application), readRecorded(flags.ledger));
  await writeArtifact(Deployment, flags.out, deployment);
  if (flags.ledger !== undefined && !flags.dryRun) {
    const { run } = identifyRun();
    await openRecord(openLedger(flags.ledger), deployment, config, { run, at: new Date().toISOString() });
  }
  const { operation, source, resources } = deployment;
  say(
    `${source.namespace}/${source.name} ${deployment.id}: ${operation.phase}, known from ${operation.knownFrom}, ${resources.length} resources`,
  );
}

async function readEvent({ eventFile, event }: Flags) {
  if (eventFile !== undefined && event === undefined)
    return parseEvent(await readInput(eventFile, '--event-file'), `--event-file=${eventFile}`);
  if (event !== undefined && eventFile === undefined) return parseEvent(event, '--event');
  throw badInput('Not one event', '--event-file, --event', 'give exactly one of the two');
}

function readApplication(path: string | undefined): ReadApplication {
  if (path !== undefined) return () => readApplicationFile(path);
  const cluster = createKubernetes();
  return async (namespace, name) => {
    const found = await cluster.read({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace, name });
    const remedy = 'Argo CD 2.11 and later are understood';
    return found === null ? null : parseAs(Application, found, `Application ${namespace}/${name}`, remedy);
  };
}

function readRecorded(ledger: string | undefined): ReadRecorded {
  if (ledger === undefined) return async () => null;
  return async id => (await openLedger(ledger).read(id))?.deployment ?? null;
}

async function readApplicationFile(path: string): Promise<Application> {
  const on = `--application=${path}`;
  const remedy = 'give one Application as kubectl get application -o yaml prints it';
  return parseAs(Application, readYaml(await readInput(path, '--application'), on, remedy), on, remedy);
}
