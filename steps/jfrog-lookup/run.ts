import { basename, dirname } from 'node:path';
import { createArtifactory } from '../../lib/clients/artifactory.ts';
import { type Artifact, ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import {
  contradictionOf,
  type DeployedImage,
  ImageDiff,
  isContradicted,
  owedImages,
} from '../../lib/contracts/image-diff.ts';
import { findable, type NotLookedAt, unknownImages } from '../../lib/contracts/unknown-images.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { badInput, refused, transient } from '../../lib/runtime/failure.ts';
import { readArtifact, readInput, writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { registerSecret } from '../../lib/runtime/redact.ts';
import { chooseAccess } from './access.ts';
import { type DockerConfig, parseDockerConfig, secretsOf } from './docker-config.ts';
import { createHosting } from './locations.ts';
import { lookUp } from './step.ts';

export interface Options {
  deployment: string;
  imageDiff: string;
  regcred: string;
  out: string;
  config?: string;
}

const NO_CREDENTIALS: DockerConfig = { credentials: [], helpers: [] };

export async function run(options: Options): Promise<void> {
  const { artifactory: settings } = await readConfiguration(options.config);
  const deployment = await readArtifact(Deployment, options.deployment, '--deployment');
  const diff = await readArtifact(ImageDiff, options.imageDiff, '--image-diff');
  if (diff.deploymentId !== deployment.id)
    throw badInput(
      'Artifacts of two operations',
      `--deployment is ${deployment.id}, --image-diff ${diff.deploymentId}`,
      'name the files of one run',
    );
  const owed = deployment.disposition === 'skip' ? [] : owedImages(diff);
  const unchanged = diff.images.filter(image => image.change === 'unchanged' && !owed.includes(image));
  const docker = owed.length === 0 ? NO_CREDENTIALS : await readRegcred(options.regcred);
  const { set, interrupted } = await lookUp({ deploymentId: deployment.id, owed, unchanged }, settings, images =>
    connect(settings, docker, images, nameOf(options.regcred)),
  );
  const notLookedAt = unknownImages(deployment, diff);
  await writeArtifact(ArtifactSet, options.out, { ...set, unknown: notLookedAt[0]?.why ?? null, notLookedAt });
  conclude(set.artifacts, interrupted, findable(notLookedAt, deployment));
}

/** A mounted Secret is called by its name, which is its folder's: that is what a person has to mend. */
function nameOf(path: string): string {
  const flag = `--regcred=${path}`;
  return /^\.dockerc(onfigjson|fg)$/.test(basename(path)) ? `Secret ${basename(dirname(path))} (${flag})` : flag;
}

async function readRegcred(path: string): Promise<DockerConfig> {
  const docker = parseDockerConfig(await readInput(path, '--regcred'), nameOf(path));
  for (const secret of secretsOf(docker)) registerSecret(secret);
  return docker;
}

function connect(
  settings: Configuration['artifactory'],
  docker: DockerConfig,
  images: readonly DeployedImage[],
  on: string,
) {
  const names = images.map(({ registry, repository }) => `${registry}/${repository}`);
  const access = chooseAccess(settings, docker, names, on);
  const artifactory = createArtifactory({
    ...access,
    timeoutSeconds: settings.timeoutSeconds,
    concurrency: settings.concurrency,
    budget: createBudget(settings.budgetSeconds),
  });
  return { url: access.baseUrl, artifactory, hosting: createHosting(settings.repositories, access) };
}

/**
 * Where an image is not known yet, diff-images has to run again. Argo Workflows retries a failed step only where no step behind
 * it succeeded, so this one fails as well.
 * @throws Failure 75 where a later try may tell more; 1 where evidence is owed for an image that cannot have it yet, or an image
 * is not known
 */
function conclude(artifacts: readonly Artifact[], interrupted: Artifact | null, unknown: readonly NotLookedAt[]): void {
  for (const { image, outcome, detail } of artifacts) say(`${outcome} ${image.reference}: ${detail}`);
  const lacking = artifacts.flatMap(artifact => whyLacking(artifact) ?? []);
  const what = `${lacking.length} of ${artifacts.length} images cannot be recorded`;
  if (interrupted !== null) throw transient(what, `first ${interrupted.image.reference}`, interrupted.detail);
  const [first] = lacking;
  if (first !== undefined) throw refused(what, `first ${first.reference}`, first.why);
  const [missing] = unknown;
  if (missing === undefined) return;
  throw refused('Images are not known', `${missing.where}: ${missing.why}`, missing.remedy ?? 'mend diff-images');
}

function whyLacking({ image, outcome, detail }: Artifact): { reference: string; why: string } | null {
  if (outcome === 'third-party') return null;
  if (outcome === 'resolved' && !isContradicted(image)) return null;
  return { reference: image.reference, why: isContradicted(image) ? contradictionOf(image) : detail };
}
