import { stat } from 'node:fs/promises';
import type * as z from 'zod';
import { ArtifactSet } from '../contracts/artifact-set.ts';
import { Deployment } from '../contracts/deployment.ts';
import { EvidenceReceipts } from '../contracts/evidence-receipts.ts';
import { ImageDiff } from '../contracts/image-diff.ts';
import { ReleaseReceipt } from '../contracts/release-receipt.ts';
import { Failure } from '../runtime/failure.ts';
import { readArtifact } from '../runtime/files.ts';
import { parseFailures } from './failures.ts';
import type { RunFlags } from './flags.ts';
import { ofOneOperation, type Part, type Run } from './run.ts';

/**
 * What the exit handler knows of a run: the files, and what Argo Workflows says of it in AFTERSYNC_WORKFLOW,
 * AFTERSYNC_WORKFLOW_NAMESPACE, AFTERSYNC_STATUS and AFTERSYNC_FAILURES. What cannot be read is part of the answer.
 */
export async function readRun(flags: RunFlags, env: NodeJS.ProcessEnv = process.env): Promise<Run> {
  const { AFTERSYNC_WORKFLOW, AFTERSYNC_WORKFLOW_NAMESPACE, AFTERSYNC_STATUS, AFTERSYNC_FAILURES } = env;
  return ofOneOperation({
    workflow: AFTERSYNC_WORKFLOW || null,
    namespace: AFTERSYNC_WORKFLOW_NAMESPACE || null,
    status: AFTERSYNC_STATUS || null,
    failures: parseFailures(AFTERSYNC_FAILURES),
    deployment: await readPart(Deployment, flags.deployment, '--deployment'),
    imageDiff: await readPart(ImageDiff, flags.imageDiff, '--image-diff'),
    artifacts: await readPart(ArtifactSet, flags.artifacts, '--artifacts'),
    evidence: await readPart(EvidenceReceipts, flags.evidence, '--evidence'),
    release: await readPart(ReleaseReceipt, flags.release, '--release'),
  });
}

async function readPart<T extends z.ZodType>(
  schema: T,
  path: string | undefined,
  flag: string,
): Promise<Part<z.output<T>>> {
  if (path === undefined || !(await exists(path))) return { state: 'absent' };
  try {
    return { state: 'read', value: await readArtifact(schema, path, flag) };
  } catch (error) {
    if (error instanceof Failure) return { state: 'unreadable', why: error.message };
    throw error;
  }
}

/** Whatever else is wrong with a path is left to the reading, which says it. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
