import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { badInput } from '../lib/runtime/failure.ts';
import { writeArtifact } from '../lib/runtime/files.ts';
import { parseAs, parseJson } from '../lib/runtime/parse.ts';
import type { ArtifactRepository } from './artifacts.ts';
import type { NodeResult } from './dag.ts';

/** Tasks that have ended, by name. */
export type KeptNodes = ReadonlyMap<string, NodeResult>;

const Nodes = z.record(
  z.string(),
  z.strictObject({
    phase: z.enum(['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted']),
    message: z.string(),
    exitCode: z.number().nullable(),
    outputs: z.record(z.string(), z.union([z.strictObject({ path: z.string() }), z.strictObject({ raw: z.string() })])),
  }),
);

const fileOf = (repository: ArtifactRepository, workflow: string) => repository.pathOf(`${workflow}/nodes.json`);

/** Writes down what became of a task, so that a later run can start after it. */
export async function rememberNodes(
  repository: ArtifactRepository,
  workflow: string,
  task: string,
  { phase, message, exitCode, outputs }: NodeResult,
): Promise<void> {
  const nodes = { ...(await readNodes(repository, workflow)), [task]: { phase, message, exitCode, outputs } };
  await writeArtifact(Nodes, fileOf(repository, workflow), nodes);
}

/**
 * The tasks that need not run again when a run starts at a task: all that do not wait for it.
 * @throws Failure 2 where one of them has never run
 */
export async function keptBefore(
  repository: ArtifactRepository,
  workflow: string,
  from: string,
  tasks: { name: string; ancestors: Set<string> }[],
): Promise<KeptNodes> {
  if (!tasks.some(({ name }) => name === from))
    throw badInput('No such step', `--from=${from}`, `one of ${tasks.map(({ name }) => name).join(', ')}`);
  const nodes = await readNodes(repository, workflow);
  const kept = new Map<string, NodeResult>();
  for (const { name, ancestors } of tasks) {
    if (name === from || ancestors.has(from)) continue;
    const node = nodes[name];
    if (node === undefined)
      throw badInput(
        'Nothing is kept of an earlier step',
        `--from=${from}: ${name} of ${workflow}`,
        'run without --from',
      );
    kept.set(name, node);
  }
  return kept;
}

async function readNodes(repository: ArtifactRepository, workflow: string): Promise<z.infer<typeof Nodes>> {
  const path = fileOf(repository, workflow);
  const text = await readFile(path, 'utf8').catch(() => '{}');
  return parseAs(Nodes, parseJson(text, path, 'delete it'), path, 'delete it and run without --from');
}
