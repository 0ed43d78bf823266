import { readFile } from 'node:fs/promises';
import { readRun } from '../../lib/run/read-run.ts';
import type { Places } from '../../steps/report/places.ts';
import { report } from '../../steps/report/step.ts';
import { runOf, SAMPLE, sampleRun } from './sample-run.ts';

export const PLACES: Places = {
  records: { kind: 'namespace', name: 'argocd' },
  changeRequestUrl: 'https://example.service-now.com/change_request.do?sysparm_query=number={number}',
};

/** The page of a run: the sample of which everything is recorded, or one that is kept in test/fixtures/runs. */
export async function pageOf(situation: string): Promise<string> {
  if (situation === 'recorded') return report(runOf(await sampleRun(), 'checkout-1fb25ee9debbd0f5'), PLACES);
  const directory = `test/fixtures/runs/${situation}`;
  const env: Record<string, string> = JSON.parse(await readFile(`${directory}/environment.json`, 'utf8'));
  const file = (name: string) => `${directory}/${name}.json`;
  const files = {
    deployment: file('deployment'),
    imageDiff: file('image-diff'),
    artifacts: file('artifacts'),
    evidence: file('evidence'),
    release: file('release'),
  };
  return report(await readRun(files, env), PLACES);
}

/** The page of a sync of very many images, some of which are not recorded. */
export async function longPage(images: number, missing: number): Promise<string> {
  const sample = await sampleRun();
  const many = <T>(of: readonly T[], change: (one: T, reference: string, isMissing: boolean) => T): T[] =>
    Array.from({ length: images }, (_, n) => {
      const one = of[n % 3];
      if (one === undefined) throw new Error(`${SAMPLE} has too little`);
      return change(structuredClone(one), `registry.example.com/retail/service-${n}:1.${n}.0`, n < missing);
    });
  const { imageDiff, artifacts, evidence } = sample;
  imageDiff.images = many(imageDiff.images, (image, reference) => ({ ...image, reference }));
  artifacts.artifacts = many(artifacts.artifacts, (artifact, reference, isMissing) => ({
    ...artifact,
    image: { ...artifact.image, reference },
    ...(isMissing && { outcome: 'incomplete', missing: ['jetId'], metadata: { ...artifact.metadata, jetId: null } }),
  }));
  evidence.receipts = many(evidence.receipts, (receipt, reference, isMissing) => ({
    ...receipt,
    reference,
    ...(isMissing && { outcome: 'quarantined' }),
  }));
  return report(runOf(sample, 'checkout-1fb25ee9debbd0f5'), PLACES);
}
