import { setTimeout as sleep } from 'node:timers/promises';
import { deploy, deploymentOf, newName, type Operation, REGISTRY, redeploy } from '../applications.ts';
import { ARGOCD, kubectl } from '../cluster.ts';
import { readWorkflow } from '../workflows.ts';
import type { Random } from './random.ts';

export interface Sync extends Operation {
  /** Argo CD never sent a notification of it. */
  silent: boolean;
  /** The images that were to run. */
  images: string[];
  /** Version of the one that no sync of the Application deployed before. */
  version: string;
}

/** How long a sync waits for the Workflow of the one before it: many of one Application may then run into each other. */
const PATIENCE_MS = 90_000;
/** Artifactory has no metadata of it. */
export const UNKNOWN = '1.2.0';

export const versionOf = (turn: number) => `2.0.${turn}`;
const imageOf = (version: string) => `${REGISTRY}/guestbook:${version}`;

/** Nothing of it runs: the syncs are what matters, and the machine has other work. */
function manifestsOf(name: string, [web, side]: readonly [string, string], fails: boolean) {
  const deployment = deploymentOf(name, { web, side }, fails ? 'another' : name);
  return [{ ...deployment, spec: { ...deployment.spec, replicas: 0 } }];
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
 * Syncs one Application again and again. One sync in ten is told to nobody, one in ten fails, and the last one is neither; with
 * `gap` it deploys an image whose evidence cannot be complete. What nobody is to be told of happens while the Application says
 * that it owes nothing; the next sync takes its place before it owes something again, so the notification is lost as if it had
 * never been sent.
 * @param names takes the Application before anything happens
 */
export async function syncAgainAndAgain(
  count: number,
  random: Random,
  { gap, names }: { gap: boolean; names: string[] },
): Promise<Sync[]> {
  const application = newName('chaos');
  names.push(application);
  const syncs: Sync[] = [];
  const silentTurn = random.between(2, count - 1);
  let before: Operation | null = null;
  for (let turn = 1; turn <= count; turn += 1) {
    const silent = turn === silentTurn;
    const fails = turn > 1 && turn < count && random.chance(silent ? 0.3 : 0.1);
    const version = versionOf(turn);
    const images = [imageOf(version), imageOf(gap && turn === count ? UNKNOWN : '1.0.0')] as const;
    if (silent) await scope(application, true);
    const operation: Operation =
      before === null
        ? await deploy(application, manifestsOf(application, images, fails))
        : await redeploy(before, manifestsOf(application, images, fails));
    if (turn === silentTurn + 1) await scope(application, false);
    syncs.push({ ...operation, silent, images: [...images], version });
    before = operation;
    const until = Date.now() + PATIENCE_MS;
    while (!silent && Date.now() < until && !(await isOver(operation))) await sleep(3000);
  }
  return syncs;
}
