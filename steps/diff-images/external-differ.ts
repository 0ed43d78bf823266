import { readFile } from 'node:fs/promises';
import { runWhenInvoked } from '../../lib/runtime/program.ts';
import { readYaml } from '../../lib/runtime/yaml.ts';
import type { CapturedPair } from './captured-pair.ts';
import type { CustomResources } from './custom-resource.ts';
import { readManifest } from './pod-images.ts';

/**
 * The diff program that argocd starts for each resource, with the file of the live and of the target state: it compares
 * nothing and prints the images of both, so that no text has to be understood.
 * @param argv evidence.customResources as JSON, and the two files
 */
export const main = async ([configured = '[]', live, target]: readonly string[]): Promise<number> => {
  const pair = await capture(JSON.parse(configured) as CustomResources, live, target);
  process.stdout.write(`${JSON.stringify(pair)}\n`);
  return 'error' in pair ? 1 : 0;
};

/** argocd ignores how its diff program ends, so a failure has to be printed. */
async function capture(
  configured: CustomResources,
  live: string | undefined,
  target: string | undefined,
): Promise<CapturedPair> {
  try {
    if (live === undefined || target === undefined) throw new Error('two files are expected');
    return { live: await readState(live, configured), target: await readState(target, configured) };
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error) };
  }
}

async function readState(path: string, configured: CustomResources) {
  const text = await readFile(path, 'utf8');
  if (text.trim() === '') return { exists: false, images: [], notLookedAt: [] };
  const { workload, notLookedAt } = readManifest(readYaml(text, path, 'use --strategy sync-result'), configured);
  return { exists: true, images: workload?.images ?? [], notLookedAt };
}

void runWhenInvoked(import.meta.url, main);
