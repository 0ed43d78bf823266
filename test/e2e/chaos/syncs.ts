import { setTimeout as sleep } from 'node:timers/promises';
import { deploy, deploymentOf, newName, type Operation, REGISTRY, redeploy } from '../applications.ts';
import { ARGOCD, kubectl } from '../cluster.ts';
import { readWorkflow } from '../workflows.ts';
import type { Random } from './random.ts';

export interface Sync extends Operation {
  /** Argo CD never sent a notification of it. */
  silent: boolean;
}

const IMAGES = [`${REGISTRY}/guestbook:1.0.0`, `${REGISTRY}/guestbook:1.1.0`] as const;
/** How long a sync waits for the Workflow of the one before it: many of one Application may then run into each other. */
const PATIENCE_MS = 90_000;

/** Artifactory has no metadata of it. */
const UNKNOWN = `${REGISTRY}/guestbook:1.2.0`;

function manifestsOf(name: string, turn: number, random: Random, { fails, gap }: { fails: boolean; gap: boolean }) {
  const images = { web: random.pick(IMAGES), side: gap ? UNKNOWN : random.pick(IMAGES) };
  const web = deploymentOf(name, images, fails ? 'another' : name);
  const { spec } = web;
  const metadata = { ...spec.template.metadata, annotations: { turn: String(turn) } };
  return [{ ...web, spec: { ...spec, replicas: 1, template: { ...spec.template, metadata } } }];
}

const scope = (application: string, ignored: boolean) =>
  kubectl(
    '-n',
    ARGOCD,
    'annotate',
    'application',
    application,
    `aftersync.dev/ignore${ignored ? '=true' : '-'}`,
    '--overwrite',
  );

async function isOver({ workflow }: Operation): Promise<boolean> {
  const phase = await readWorkflow(workflow).then(
    ({ status }) => status.phase,
    () => '',
  );
  return ['Succeeded', 'Failed', 'Error'].includes(phase);
}

/**
 * Syncs one Application again and again: a sync in ten fails, one in ten is told to nobody, the last one is neither and, with
 * `gap`, deploys an image whose evidence cannot be complete. What nobody is to be told of happens while the Application says that it owes
 * nothing; the next sync takes its place before it owes something again, so the notification is lost as if it had never been sent.
 */
export async function syncAgainAndAgain(
  count: number,
  random: Random,
  gap: boolean,
): Promise<{ application: string; syncs: Sync[] }> {
  const application = newName('chaos');
  const syncs: Sync[] = [];
  let before: Operation | null = null;
  for (let turn = 1; turn <= count; turn += 1) {
    const silent = turn > 1 && turn < count && syncs.at(-1)?.silent === false && random.chance(0.12);
    const fails = turn > 1 && turn < count && random.chance(0.1);
    const manifests = manifestsOf(application, turn, random, { fails, gap: gap && turn === count });
    const silentBefore = syncs.at(-1)?.silent === true;
    if (silent) await scope(application, true);
    const operation: Operation =
      before === null ? await deploy(application, manifests, {}, 300) : await redeploy(before, manifests);
    if (silentBefore) await scope(application, false);
    syncs.push({ ...operation, silent });
    before = operation;
    const until = Date.now() + PATIENCE_MS;
    while (!silent && Date.now() < until && !(await isOver(operation))) await sleep(3000);
  }
  return { application, syncs };
}
