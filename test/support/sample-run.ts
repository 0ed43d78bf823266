import { readFile } from 'node:fs/promises';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import type { Part, Run } from '../../lib/run/run.ts';

export const SAMPLE = 'steps/report/samples';

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(`${SAMPLE}/${file}`, 'utf8'));

/** What the steps leave of a production sync of which everything was recorded, fresh each time. */
export const sampleRun = async () => ({
  deployment: Deployment.parse(await json('deployment.json')),
  imageDiff: ImageDiff.parse(await json('image-diff.json')),
  artifacts: ArtifactSet.parse(await json('artifacts.json')),
  evidence: EvidenceReceipts.parse(await json('evidence.json')),
  release: ReleaseReceipt.parse(await json('release.json')),
});

/** A step left it. */
export const read = <T>(value: T): Part<T> => ({ state: 'read', value });
/** No step left it. */
export const absent = { state: 'absent' } as const;

/** A Workflow that succeeded, and left this. */
export const runOf = (sample: Awaited<ReturnType<typeof sampleRun>>, workflow: string): Run => ({
  workflow,
  namespace: 'argocd',
  status: 'Succeeded',
  failures: absent,
  deployment: read(sample.deployment),
  imageDiff: read(sample.imageDiff),
  artifacts: read(sample.artifacts),
  evidence: read(sample.evidence),
  release: read(sample.release),
});
