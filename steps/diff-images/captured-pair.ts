import * as z from 'zod';
import { ImageDiff, Workload } from '../../lib/contracts/image-diff.ts';
import { badInput, refused } from '../../lib/runtime/failure.ts';
import { parseAs, parseJson } from '../../lib/runtime/parse.ts';
import type { AppDiff } from './app-diff.ts';
import { type Header, readHeader } from './diff-lines.ts';

const Side = z.strictObject({
  exists: z.boolean().describe('False where argocd gave an empty file: the object is not on this side.'),
  images: z.array(
    z.strictObject({
      container: z.string().nullable(),
      containerType: Workload.shape.containerType,
      image: z.string(),
    }),
  ),
  notLookedAt: ImageDiff.shape.notLookedAt,
});

/** What the external differ prints for one resource, as one line of JSON. */
export const CapturedPair = z.union([
  z.strictObject({ live: Side, target: Side }),
  z.strictObject({ error: z.string().describe('Why the two files could not be read.') }),
]);
export type CapturedPair = z.infer<typeof CapturedPair>;

/**
 * Reads the output of `argocd app diff` with our external differ: a header, then one captured pair, for each resource.
 * @throws Failure 2 where the differ did not run, 1 where it could not read an object
 */
export async function readCapturedDiff(lines: AsyncIterable<string>): Promise<AppDiff> {
  const diff: AppDiff = { resources: [], notLookedAt: [] };
  let open: Header | null = null;
  for await (const line of lines) {
    const header = readHeader(line);
    if (line === '' || header !== null) {
      if (open !== null && header !== null) throw notCaptured(labelOf(open));
      open = header ?? open;
      continue;
    }
    if (open === null) throw notCaptured('a line before the first resource');
    diff.resources.push({ ...open, ...toSides(readPair(line, labelOf(open)), labelOf(open)) });
    open = null;
  }
  if (open !== null) throw notCaptured(labelOf(open));
  return diff;
}

function readPair(line: string, on: string): CapturedPair {
  const remedy = 'leave stdout of argocd to the external differ: remove a wrapper that prints';
  return parseAs(CapturedPair, parseJson(line, on, remedy), on, remedy);
}

function toSides(pair: CapturedPair, on: string) {
  if ('error' in pair) throw refused('External differ failed', `${on}: ${pair.error}`, 'use --strategy sync-result');
  const { live, target } = pair;
  const operation = !live.exists ? 'added' : !target.exists ? 'removed' : 'changed';
  return {
    operation,
    live: live.images,
    target: target.images,
    notLookedAt: { live: live.notLookedAt, target: target.notLookedAt },
  } as const;
}

const labelOf = ({ group, kind, namespace, name }: Header): string => `${group}/${kind} ${namespace}/${name}`;

const notCaptured = (on: string) =>
  badInput('External differ did not run', on, 'check that node and the program can be started from where argocd runs');
