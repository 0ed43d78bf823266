import { readFile } from 'node:fs/promises';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';

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
