import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { badInput } from '../lib/runtime/failure.ts';

/** An artifact on its way into a step. */
export type Artifact = { path: string } | { raw: string };

/** The artifact repository of one machine: a directory in which a key is a path. */
export interface ArtifactRepository {
  /** Where the artifact of this key lies. @throws Failure 2 where the key leaves the repository */
  pathOf(key: string): string;
  save(from: string, key: string): Promise<Artifact>;
}

export function createArtifactRepository(directory: string): ArtifactRepository {
  const pathOf = (key: string) => {
    const inside = normalize(key);
    if (inside.startsWith('..') || inside.startsWith('/'))
      throw badInput('Artifact key leaves the repository', key, 'use a path below the Workflow name');
    return join(directory, inside);
  };
  return {
    pathOf,
    async save(from, key) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      // A reader never sees half of it: the name appears when the content is there.
      await copyFile(from, `${path}.part`);
      await rename(`${path}.part`, path);
      return { path };
    },
  };
}

export async function place(artifact: Artifact, at: string): Promise<void> {
  await mkdir(dirname(at), { recursive: true });
  if ('raw' in artifact) await writeFile(at, artifact.raw);
  else await copyFile(artifact.path, at);
}
