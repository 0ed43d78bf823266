import * as z from 'zod';
import { refused } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';

/** Servers have answered with properties that lack a value, and with empty ones. */
export const Property = z.object({ key: z.string().default(''), value: z.string().default('') });
export type Property = z.infer<typeof Property>;

/** An answer of items.find(…).include(…). Rows may be empty, and items may lack properties. */
export type SearchAnswer = z.infer<typeof SearchAnswer>;
export const SearchAnswer = z.object({
  results: z.array(
    z.object({
      repo: z.string().optional(),
      path: z.string().optional(),
      name: z.string().optional(),
      sha256: z.string().nullish(),
      created: z.string().nullish(),
      properties: z.array(Property).nullish(),
    }),
  ),
  range: z.object({ notification: z.string().optional() }).optional(),
});

/** An answer of api/storage/…?properties: every value is a list. */
export const PropertiesAnswer = z.object({ properties: z.record(z.string(), z.array(z.string())) });

const VersionControl = z.object({
  url: z.string().nullish(),
  branch: z.string().nullish(),
  revision: z.string().nullish(),
});
export type VersionControl = z.infer<typeof VersionControl>;

/** An answer of api/build/<name>/<number>. `vcs` is a list; older servers write vcsRevision and vcsUrl instead. */
export type BuildAnswer = z.infer<typeof BuildAnswer>;
export const BuildAnswer = z.object({
  buildInfo: z.object({
    vcs: z.array(VersionControl).nullish(),
    vcsRevision: z.string().nullish(),
    vcsUrl: z.string().nullish(),
    properties: z.record(z.string(), z.unknown()).nullish(),
  }),
});

export const RepositoryAnswer = z.object({ rclass: z.string() });

/** An OCI image index or a Docker manifest list; a manifest of one platform has no `manifests`. */
export const ManifestAnswer = z.object({
  manifests: z
    .array(z.object({ digest: z.string(), platform: z.object({ os: z.string().optional() }).optional() }))
    .nullish(),
});

/** @throws Failure 1: what answers is not the remote that the URL should name, such as a login page */
export function parseAnswer<T extends z.ZodType>(schema: T, text: string, on: string): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const kind = /^\s*</.test(text) ? 'HTML' : 'text';
    throw refused(
      `Artifactory answered ${kind} instead of JSON`,
      on,
      'artifactory.url must be the REST base, not a page or a proxy before it',
    );
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refused(
    'Artifactory answered otherwise than documented',
    `${on}: ${describeIssues(result.error)}`,
    'check that artifactory.url is the REST base',
  );
}
