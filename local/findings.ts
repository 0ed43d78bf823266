import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { ArtifactSet } from '../lib/contracts/artifact-set.ts';
import { Deployment } from '../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../lib/contracts/release-receipt.ts';
import type { Artifact } from './artifacts.ts';

/** How many of each, the way a person would say it: `2 resolved, 1 third-party`. */
export function tally(values: readonly string[]): string {
  const kinds = [...new Set(values)];
  return kinds.map(kind => `${values.filter(value => value === kind).length} ${kind}`).join(', ');
}

const FINDINGS: Record<string, (text: string) => string> = {
  deployment: finding(Deployment, deployment => {
    const chart = deployment.chartVersion === null ? '' : `, chart ${deployment.chartVersion}`;
    const { namespace, name } = deployment.source;
    return `${namespace}/${name} ${deployment.operation.phase} in ${deployment.targetEnvironment}${chart}, by ${deployment.initiator.name}`;
  }),
  'image-diff': finding(
    ImageDiff,
    ({ images }) => `${images.length} images: ${tally(images.map(image => image.change))}`,
  ),
  artifacts: finding(
    ArtifactSet,
    ({ artifacts }) => tally(artifacts.map(({ outcome }) => outcome)) || 'nothing is owed',
  ),
  evidence: finding(EvidenceReceipts, ({ dryRun, receipts }) => {
    const again = receipts.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0);
    const outcomes = tally(receipts.map(({ outcome }) => outcome)) || 'nothing is owed';
    return `${dryRun ? 'dry run, nothing was sent: ' : ''}${outcomes}${again > 0 ? `; ${again} of the requests had to be repeated` : ''}`;
  }),
  release: finding(ReleaseReceipt, ({ outcome, changeRequest }) => [changeRequest ?? '', outcome].join(' ').trim()),
  report: () => 'report.html',
};

/** What a step found, from the artifact it wrote; null where there is none. */
export async function findingsOf(outputs: Record<string, Artifact>): Promise<string | null> {
  for (const [name, artifact] of Object.entries(outputs)) {
    const say = FINDINGS[name];
    if (say !== undefined && 'path' in artifact) return say(await readFile(artifact.path, 'utf8'));
  }
  return null;
}

/** The last line that a step said, which lies beside its artifact; empty where it left none. */
export async function lastSaid(outputs: Record<string, Artifact>): Promise<string> {
  const artifact = Object.values(outputs).find(one => 'path' in one);
  if (artifact === undefined || !('path' in artifact)) return '';
  const log = await readFile(join(dirname(artifact.path), 'main.log'), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').at(-1) ?? '';
}

function finding<T extends z.ZodType>(contract: T, say: (value: z.output<T>) => string): (text: string) => string {
  return text => {
    const parsed = contract.safeParse(JSON.parse(text));
    return parsed.success ? say(parsed.data) : 'an artifact that breaks its contract';
  };
}
