import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { parse as parseYaml, stringify } from 'yaml';
import * as z from 'zod';
import { transient } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { writeFile } from '../lib/runtime/write-file.ts';
import { AlertsState, createAlertsStandIn } from './standins/alerts.ts';
import { createArtifactoryStandIn } from './standins/artifactory.ts';
import { ArtifactoryState } from './standins/artifactory-state.ts';
import { createJetStandIn, JetState } from './standins/jet.ts';
import { createKubernetesStandIn, type KubernetesObject, kubeconfigFor } from './standins/kubernetes.ts';
import { type Served, serve } from './standins/serve.ts';
import type { Behaviour, StandIn } from './standins/stand-in.ts';
import { createTokenStandIn, TokenState } from './standins/token.ts';

const FILE = 'serving.json';
const REMOTES = ['alerts', 'artifactory', 'jet', 'token', 'kubernetes'] as const;
export type Remote = (typeof REMOTES)[number];

export interface StandIns {
  /** http://localhost:<port> of each. */
  urls: Record<Remote, string>;
  /** Path of a kubeconfig for the Kubernetes API among them. */
  kubeconfig: string;
  close(): Promise<void>;
}

/** Who serves, and where: kept, so that a later run takes the same ports and a second one at the same time is noticed. */
const Serving = z.strictObject({ pid: z.number().int(), ports: z.record(z.enum(REMOTES), z.number().int()) });
type Serving = z.infer<typeof Serving>;

/**
 * Serves the remote systems of a sample from their files in a directory: alerts.yaml, artifactory.yaml, jet.yaml, token.yaml.
 * What the store and the receivers of alerts keep is written back before they answer, so that it survives a kill; the ports
 * are taken again where they are free.
 * @throws Failure 2 where a file is not as documented
 */
export async function serveStandIns(
  directory: string,
  objects: KubernetesObject[],
  behaviour: Partial<Record<Remote, Behaviour>>,
): Promise<StandIns> {
  const before = await readServing(directory);
  if (before !== null && (await isAtWork(before)))
    throw transient('Another run is at work', directory, 'wait until it has ended, or give another --dir');
  const load = async <T extends z.ZodType>(schema: T, name: string) => {
    const file = join(directory, name);
    return parseAs(schema, parseYaml(await readInput(file, 'stand-in')), file, 'mend it, or delete the directory');
  };
  const jet = createJetStandIn(await load(JetState, 'jet.yaml'), behaviour.jet);
  const alerts = createAlertsStandIn(await load(AlertsState, 'alerts.yaml'), behaviour.alerts);
  const standIns: Record<Remote, StandIn> = {
    alerts,
    artifactory: createArtifactoryStandIn(await load(ArtifactoryState, 'artifactory.yaml'), behaviour.artifactory),
    token: createTokenStandIn(await load(TokenState, 'token.yaml'), behaviour.token),
    kubernetes: createKubernetesStandIn({ objects }, behaviour.kubernetes),
    jet,
  };
  const keep: Partial<Record<Remote, () => Promise<void>>> = {
    jet: () => writeFile(join(directory, 'jet.yaml'), stringify(jet.state)),
    alerts: () => writeFile(join(directory, 'alerts.yaml'), stringify(alerts.state)),
  };
  const served = {} as Record<Remote, Served>;
  for (const remote of REMOTES)
    served[remote] = await serve(standIns[remote], before?.ports[remote] ?? 0, keep[remote]);
  const each = <T>(of: (one: Served) => T) =>
    Object.fromEntries(REMOTES.map(remote => [remote, of(served[remote])])) as Record<Remote, T>;
  const urls = each(({ url }) => url);
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(urls.kubernetes));
  const serving: Serving = { pid: process.pid, ports: each(({ port }) => port) };
  await writeFile(join(directory, FILE), JSON.stringify(serving));
  return {
    urls,
    kubeconfig,
    close: async () => {
      await Promise.all(Object.values(served).map(one => one.close()));
    },
  };
}

async function readServing(directory: string): Promise<Serving | null> {
  try {
    return Serving.parse(JSON.parse(await readFile(join(directory, FILE), 'utf8')));
  } catch {
    return null;
  }
}

/** Its process lives and its port answers: one alone may be someone else's by now. */
async function isAtWork({ pid, ports }: Serving): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false;
  const socket = connect(ports.jet, '127.0.0.1');
  const answers = await new Promise<boolean>(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answers;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
