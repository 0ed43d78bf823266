import * as z from 'zod';
import { Digest } from '../contracts/primitives.ts';
import { refused } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';

export interface Property {
  key: string;
  value: string;
}

/** A list of which one element that is odd leaves the others as they are: each element is somebody else's. */
const each = <T extends z.ZodType>(element: T) =>
  z.array(z.unknown()).transform(list =>
    list.flatMap(one => {
      const result = element.safeParse(one);
      return result.success ? [result.data] : [];
    }),
  );

/** Servers have answered with properties that lack a value, and with empty ones. */
const Property = z.object({ key: z.string().default(''), value: z.string().nullish() });
const properties = each(Property).transform(list => list.map(({ key, value }) => ({ key, value: value ?? '' })));

/** An answer of items.find(…).include(…). Rows may be empty, and items may lack properties. */
export type SearchAnswer = z.infer<typeof SearchAnswer>;
export const SearchAnswer = z.object({
  results: each(
    z.object({
      repo: z.string().optional(),
      path: z.string().optional(),
      name: z.string().optional(),
      sha256: z.string().nullish(),
      created: z.string().nullish(),
      properties: properties.nullish(),
    }),
  ),
  range: z.object({ notification: z.string().nullish() }).nullish(),
});

/** An answer of api/storage/…?properties: every value is a list. */
export const PropertiesAnswer = z.object({
  properties: z
    .record(z.string(), z.unknown())
    .transform(record =>
      Object.entries(record).flatMap(([key, values]) =>
        [values].flat().flatMap(value => (typeof value === 'string' ? [{ key, value }] : [])),
      ),
    ),
});

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
  manifests: each(z.object({ digest: Digest, platform: z.object({ os: z.string().nullish() }).nullish() })).nullish(),
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
