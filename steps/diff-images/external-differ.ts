import { readFile } from 'node:fs/promises';
import { runWhenInvoked } from '../../lib/runtime/program.ts';
import { readYaml } from '../../lib/runtime/yaml.ts';
import type { CapturedPair } from './captured-pair.ts';
import { imagesOfManifest } from './pod-images.ts';

/**
 * The diff program that argocd starts for each resource, with the file of the live and of the target state: it compares
 * nothing and prints the images of both, so that no text has to be understood.
 */
export const main = async ([live, target]: readonly string[]): Promise<number> => {
  const pair = await capture(live, target);
  process.stdout.write(`${JSON.stringify(pair)}\n`);
  return 'error' in pair ? 1 : 0;
};

/** argocd ignores how its diff program ends, so a failure has to be printed. */
async function capture(live: string | undefined, target: string | undefined): Promise<CapturedPair> {
  try {
    if (live === undefined || target === undefined) throw new Error('two files are expected');
    return { live: await readState(live), target: await readState(target) };
  } catch (error) {
    return { error: error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error) };
  }
}

async function readState(path: string) {
  const text = await readFile(path, 'utf8');
  if (text.trim() === '') return { exists: false, images: [] };
  return { exists: true, images: imagesOfManifest(readYaml(text, path, 'use --strategy sync-result'))?.images ?? [] };
}

void runWhenInvoked(import.meta.url, main);
