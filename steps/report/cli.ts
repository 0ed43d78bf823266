import { stat } from 'node:fs/promises';
import type * as z from 'zod';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { readArtifact, writeOutput } from '../../lib/runtime/files.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import { parseFailures } from './failures.ts';
import type { Part } from './run.ts';
import { report } from './step.ts';

interface Options {
  deployment?: string;
  imageDiff?: string;
  artifacts?: string;
  evidence?: string;
  release?: string;
  out: string;
}

export const createProgram = () =>
  stepProgram(
    'report',
    'Shows what a run deployed, what was recorded, what is missing and what to do, as one HTML page.',
    'tsx steps/report/cli.ts --deployment=steps/report/samples/deployment.json --image-diff=steps/report/samples/image-diff.json --out=report.html',
  )
    .option('--deployment <file>', 'deployment.json; a file that does not exist is a step that did not get so far')
    .option('--image-diff <file>', 'image-diff.json')
    .option('--artifacts <file>', 'artifacts.json')
    .option('--evidence <file>', 'evidence.json')
    .option('--release <file>', 'release.json')
    .action(async (options: Options) => {
      const { AFTERSYNC_WORKFLOW, AFTERSYNC_STATUS, AFTERSYNC_FAILURES } = process.env;
      const page = await report({
        workflow: AFTERSYNC_WORKFLOW || null,
        status: AFTERSYNC_STATUS || null,
        failures: parseFailures(AFTERSYNC_FAILURES),
        deployment: await readPart(Deployment, options.deployment, '--deployment'),
        imageDiff: await readPart(ImageDiff, options.imageDiff, '--image-diff'),
        artifacts: await readPart(ArtifactSet, options.artifacts, '--artifacts'),
        evidence: await readPart(EvidenceReceipts, options.evidence, '--evidence'),
        release: await readPart(ReleaseReceipt, options.release, '--release'),
      });
      await writeOutput(options.out, page);
    });

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

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

await runWhenInvoked(import.meta.url, main);
