import { setTimeout as sleep } from 'node:timers/promises';
import { createKubernetes } from '../../lib/clients/kubernetes.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import {
  contradictionOf,
  ImageDiff,
  isContradicted,
  owedImages,
  type Strategy,
} from '../../lib/contracts/image-diff.ts';
import { thirdPartyGlob } from '../../lib/images/third-party.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { badInput } from '../../lib/runtime/failure.ts';
import { readArtifact, readInput, readInputLines, writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { readAppDiff } from './app-diff.ts';
import { diffAgainstPrevious, manifestsOf } from './argocd.ts';
import type { CustomResources } from './custom-resource.ts';
import { observationOfDiff, observationOfRenderings, type Side } from './given.ts';
import { type Rendering, readManifests } from './manifests.ts';
import type { ArgoCd } from './observe.ts';
import { diffImages } from './step.ts';
import type { StrategyChoice } from './strategy.ts';
import type { Observation } from './workload-images.ts';

export interface Options {
  deployment: string;
  strategy?: Strategy;
  all?: boolean;
  diff?: string;
  live?: string;
  target?: string;
  deployed: Side;
  ledger?: string;
  out: string;
  config?: string;
}

export async function run(options: Options): Promise<void> {
  const { evidence, instances, artifactory } = await readConfiguration(options.config);
  const deployment = await readArtifact(Deployment, options.deployment, '--deployment');
  const choice: StrategyChoice = {
    files: filesOf(options),
    flag: options.strategy ?? null,
    configured: evidence.strategy,
  };
  const { diff, failure } = await diffImages(
    {
      deployment,
      choice,
      all: options.all ?? evidence.images === 'all',
      customResources: evidence.customResources,
      settleTimeoutMs: evidence.settleTimeoutSeconds * 1000,
      isOurs: image => thirdPartyGlob(image, artifactory.thirdParty) === undefined,
      given: await readGiven(options, evidence.customResources),
    },
    {
      kubernetes: createKubernetes(),
      ledger: options.ledger === undefined ? null : openLedger(options.ledger),
      argoCd: argoCdFor(deployment, { instances, evidence }, choice),
      clock: { nowMs: Date.now, sleep: ms => sleep(ms) },
    },
  );
  await writeArtifact(ImageDiff, options.out, diff);
  report(diff);
  if (failure !== null) throw failure;
}

/** An Argo CD is asked only where that was chosen, or where one is configured: never whatever a kubeconfig happens to name. */
function argoCdFor(
  { source }: Deployment,
  { instances, evidence: { customResources } }: Pick<Configuration, 'instances' | 'evidence'>,
  choice: StrategyChoice,
): ArgoCd | null {
  const apiUrl = instances[source.instance]?.apiUrl;
  const { ARGOCD_SERVER, AFTERSYNC_ARGOCD_CORE } = process.env;
  const isConfigured = apiUrl !== undefined || Boolean(ARGOCD_SERVER) || AFTERSYNC_ARGOCD_CORE === 'true';
  const isChosen = (choice.flag ?? choice.configured) !== 'sync-result';
  if (!isChosen && !isConfigured) return null;
  return {
    diffAgainstPrevious: deployment => diffAgainstPrevious(deployment, { apiUrl, customResources }),
    manifestsOf: (deployment, which) => manifestsOf(deployment, which, { apiUrl, customResources }),
  };
}

function filesOf({ diff, live, target, strategy }: Options): StrategyChoice['files'] {
  const isPair = live !== undefined || target !== undefined;
  if (diff === undefined && !isPair) return null;
  if (diff !== undefined && isPair)
    throw badInput('Two comparisons', '--diff and --live or --target', 'give the diff or the manifests');
  const files = isPair ? 'manifests' : 'argocd-diff';
  if (strategy !== undefined && strategy !== files)
    throw badInput('Files of another strategy', `--strategy=${strategy}`, `leave it out: the files mean ${files}`);
  return files;
}

async function readGiven(
  { diff, live, target, deployed }: Options,
  customResources: CustomResources,
): Promise<Observation | null> {
  if (diff !== undefined)
    return observationOfDiff(await readAppDiff(readInputLines(diff, '--diff'), customResources), deployed);
  if (live === undefined && target === undefined) return null;
  const read = async (path: string | undefined, flag: string): Promise<Rendering | null> =>
    path === undefined ? null : readManifests(await readInput(path, flag), `${flag}=${path}`, customResources);
  return observationOfRenderings(
    { live: await read(live, '--live'), target: await read(target, '--target') },
    deployed,
  );
}

function report(diff: ImageDiff): void {
  const { strategy, images, settle, notLookedAt } = diff;
  const partly = notLookedAt.filter(({ what }) => what === 'field' || what === 'operator').length;
  const more = partly === 0 ? '' : `, of ${partly} objects not every image is known`;
  say(
    `${images.length} images by ${strategy.name} (${strategy.why}), evidence owed for ${owedImages(diff).length}${more}`,
  );
  say(`workloads ${settle.outcome}: ${settle.detail}`);
  for (const { what, where, why, remedy } of notLookedAt)
    say(`not looked at: ${what}, ${where}: ${why}${remedy === undefined ? '' : `; ${remedy}`}`);
  for (const image of diff.images.filter(isContradicted)) say(`contradicted: ${contradictionOf(image)}`);
}
