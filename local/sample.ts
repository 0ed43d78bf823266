import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseAllDocuments, parse as parseYaml, stringify } from 'yaml';
import * as z from 'zod';
import { Configuration } from '../lib/contracts/configuration.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { readBody } from './event-file.ts';
import type { Plan } from './plan.ts';
import { type StandIns, serveStandIns } from './serve-standins.ts';
import { Behaviour } from './standins/stand-in.ts';

export const DEFAULT_SAMPLE = 'production';

/** sample.yaml: what the sample shows and how its remote systems misbehave. */
export const SampleDescription = z.strictObject({
  title: z.string(),
  mend: z.string().describe('What to do where something is missing; the path of the Artifactory file follows.'),
  behaviour: z.partialRecord(z.enum(['alerts', 'artifactory', 'jet', 'token', 'kubernetes']), Behaviour).default({}),
});
export type SampleDescription = z.infer<typeof SampleDescription>;

/**
 * A run on a sample, against stand-ins that this process serves. What they hold is copied to the run's directory first, so
 * that it can be changed there, and what the store has recorded stays there.
 * @throws Failure 2 where there is no such sample
 */
export async function planSample(name: string, root: string, directory: string): Promise<Plan> {
  const samples = join(root, 'local', 'samples');
  const known = existsSync(samples) ? readdirSync(samples) : [];
  if (!known.includes(name)) throw badInput('No such sample', `--sample=${name}`, `one of ${known.join(', ')}`);
  const sample = join(samples, name);
  const own = join(directory, 'samples', name);
  const about = parseAs(SampleDescription, await yaml(join(sample, 'sample.yaml')), `${sample}/sample.yaml`, 'mend it');
  for (const file of readdirSync(join(sample, 'standins')))
    await copyOnce(join(sample, 'standins', file), join(own, 'standins', file));
  const objects = parseAllDocuments(await readInput(join(sample, 'cluster.yaml'), 'sample')).map(one => one.toJS());
  const standIns = await serveStandIns(join(own, 'standins'), objects, about.behaviour);
  const mounts = join(own, 'mounts');
  await rm(mounts, { recursive: true, force: true });
  await cp(join(sample, 'secrets'), join(mounts, 'secrets'), { recursive: true });
  await writeUrls(join(mounts, 'secrets', 'aftersync-alerts'), standIns.urls.alerts);
  await writeConfiguration(join(sample, 'config.yaml'), standIns.urls, join(mounts, 'configmaps', 'aftersync-config'));
  return {
    title: `sample ${name}: ${about.title}`,
    command: name === DEFAULT_SAMPLE ? 'npm start' : `npm start -- --sample ${name}`,
    body: await readBody(join(sample, 'event.json'), 'sample'),
    machine: { files: { directory: mounts }, env: { KUBECONFIG: standIns.kubeconfig }, args: {} },
    mend:
      about.mend === '' ? '' : `${about.mend} ${relative(process.cwd(), join(own, 'standins', 'artifactory.yaml'))}`,
    close: standIns.close,
  };
}

async function copyOnce(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

/** The URLs that are secret themselves. */
async function writeUrls(secrets: string, base: string): Promise<void> {
  const keys = existsSync(secrets) ? readdirSync(secrets).filter(key => key.endsWith('.url')) : [];
  for (const key of keys) {
    const url = await readInput(join(secrets, key), 'sample');
    await writeFile(join(secrets, key), `${base}${path(url.trim())}`);
  }
}

async function writeConfiguration(from: string, urls: StandIns['urls'], to: string): Promise<void> {
  const config = parseAs(Configuration, await yaml(from), from, 'mend it');
  const here = {
    ...config,
    artifactory: { ...config.artifactory, url: `${urls.artifactory}/artifactory` },
    jet: {
      ...config.jet,
      url: urls.jet,
      token: { ...config.jet.token, url: `${urls.token}${path(config.jet.token.url)}` },
    },
    alerts: {
      ...config.alerts,
      channels: config.alerts.channels.map(channel =>
        channel.url === undefined ? channel : { ...channel, url: `${urls.alerts}${path(channel.url)}` },
      ),
    },
  };
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'config.yaml'), stringify(here));
}

const path = (url: string): string => new URL(url).pathname;
const yaml = async (file: string): Promise<unknown> => parseYaml(await readInput(file, 'sample'));
