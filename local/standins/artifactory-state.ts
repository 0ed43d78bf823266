import * as z from 'zod';

const Value = z.union([z.string(), z.array(z.string())]);

export const StoredItem = z.strictObject({
  repo: z.string().describe('Physical repository; a remote one keeps its items in <key>-cache.'),
  path: z.string().describe('Folder inside the repository, such as payments/api/1.14.2.'),
  name: z.string().describe('manifest.json, list.manifest.json, or the last part of a folder.'),
  type: z.enum(['file', 'folder']).default('file'),
  sha256: z.string().optional().describe('Hexadecimal; a folder has none.'),
  created: z.string().default('2026-09-02T10:11:12.131Z'),
  properties: z.record(z.string(), Value).default({}),
});
export type StoredItem = z.infer<typeof StoredItem>;

/** What the stand-in holds. It is plain data, so that a sample is a file. */
export const ArtifactoryState = z.strictObject({
  credentials: z
    .strictObject({ username: z.string().default(''), password: z.string().default(''), token: z.string().optional() })
    .describe('The one account: Basic, or Bearer with the token.'),
  repositories: z.array(
    z.strictObject({
      key: z.string(),
      rclass: z.enum(['local', 'remote', 'virtual', 'federated']),
      repositories: z.array(z.string()).default([]).describe('Members of a virtual repository, in resolution order.'),
      forbidden: z.boolean().default(false).describe('The account may not read it.'),
    }),
  ),
  items: z.array(StoredItem).default([]),
  builds: z
    .array(z.looseObject({ name: z.string(), number: z.string() }))
    .default([])
    .describe('Build-infos, as the buildInfo of the answer.'),
  manifests: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Content of a manifest by digest (sha256:…); only an index needs one.'),
  repositoryInfo: z
    .enum(['readable', 'forbidden'])
    .default('readable')
    .describe('Whether the account may read what kind a repository is.'),
  searchLimit: z.number().int().default(1000).describe('artifactory.search.userQueryLimit: items in one answer.'),
});
export type ArtifactoryState = z.output<typeof ArtifactoryState>;
