import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';

/** A resource of the repository, only as much of it as every resource has. */
export const Manifest = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

export interface ManifestFile {
  path: string;
  text: string;
  document: z.infer<typeof Manifest>;
}

/** The resources below a folder, the kustomizations left out. */
export function manifestsOf(folder: string): ManifestFile[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter(file => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .sort()
    .flatMap(file => {
      const path = join(folder, file);
      const text = readFileSync(path, 'utf8');
      return parseAllDocuments(text).map(one => ({ path, text, document: Manifest.parse(one.toJS()) }));
    });
}
