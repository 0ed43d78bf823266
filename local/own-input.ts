import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { badInput } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { readYaml } from '../lib/runtime/yaml.ts';
import { readBody } from './event-file.ts';
import type { Plan } from './plan.ts';
import { createKubernetesStandIn, type KubernetesObject, kubeconfigFor } from './standins/kubernetes.ts';
import { serve } from './standins/serve.ts';

const Application = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Application'),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/** Files of a person's own, by flag. */
export interface OwnInput {
  eventFile: string;
  application?: string;
  diff?: string;
  config?: string;
  regcred?: string;
  changeWindow?: string;
  submit?: boolean;
}

/**
 * A run on one's own files. The remotes are those of the configuration; nothing is sent to the store without `submit`. The
 * cluster is the one of KUBECONFIG; where that is not set, there are no workloads and no pods, and the steps say so.
 * @throws Failure 2
 */
export async function planOwnInput(input: OwnInput, directory: string): Promise<Plan> {
  const body = await readBody(input.eventFile, '--event-file');
  const config = input.config ?? process.env.AFTERSYNC_CONFIG;
  if (config === undefined)
    throw badInput('No configuration', '--config', 'name the YAML file or set AFTERSYNC_CONFIG');
  const files = join(directory, 'mounts');
  await rm(files, { recursive: true, force: true });
  await link(config, '--config', join(files, 'configmaps', 'aftersync-config', 'config.yaml'));
  if (input.regcred !== undefined)
    await link(input.regcred, '--regcred', join(files, 'secrets', 'regcred', '.dockerconfigjson'));
  await mkdir(join(files, 'secrets', 'jet-proxy'), { recursive: true });
  const cluster = process.env.KUBECONFIG === undefined ? await emptyCluster(input, directory) : ownCluster;
  return {
    title: `your event, ${input.submit === true ? 'records are submitted' : 'dry run: nothing is submitted'}`,
    command: commandOf(input),
    body,
    machine: {
      files: { directory: files },
      env: { KUBECONFIG: cluster.kubeconfig },
      args: argsOf(input),
    },
    mend: '',
    close: cluster.close,
  };
}

const ownCluster = { kubeconfig: process.env.KUBECONFIG ?? '', close: async () => {} };

async function emptyCluster({ application }: OwnInput, directory: string) {
  const objects: KubernetesObject[] = application === undefined ? [] : [await readApplication(application)];
  const served = await serve(createKubernetesStandIn({ objects }));
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(served.url));
  return { kubeconfig, close: served.close };
}

async function readApplication(path: string): Promise<KubernetesObject> {
  const on = `--application=${path}`;
  const remedy = 'give one Application as kubectl get application -o yaml prints it';
  return parseAs(Application, readYaml(await readInput(path, '--application'), on, remedy), on, remedy);
}

/** A link, not a copy: a secret stays where its owner keeps it. */
async function link(path: string, flag: string, at: string): Promise<void> {
  await readInput(path, flag);
  await mkdir(dirname(at), { recursive: true });
  await symlink(resolve(path), at);
}

function argsOf({ application, diff, changeWindow, submit }: OwnInput): Record<string, string[]> {
  const dryRun = submit === true ? [] : ['--dry-run'];
  const file = (flag: string, path: string | undefined) => (path === undefined ? [] : [`${flag}=${resolve(path)}`]);
  return {
    'fetch-app': [...dryRun, ...file('--application', application)],
    'diff-images': file('--diff', diff),
    'submit-evidence': dryRun,
    conclude: dryRun,
    'submit-release': [...dryRun, ...file('--change-window', changeWindow)],
  };
}

function commandOf(input: OwnInput): string {
  const flags = Object.entries({
    '--event-file': input.eventFile,
    '--application': input.application,
    '--diff': input.diff,
    '--config': input.config,
    '--regcred': input.regcred,
    '--change-window': input.changeWindow,
  }).flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value}`]));
  return `npm start -- ${[...flags, ...(input.submit === true ? ['--submit'] : [])].join(' ')}`;
}
