import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  DOMAIN_PATTERN,
  digestFault,
  IDENTIFIER_PATTERN,
  NAME_PATTERN,
  parseWritten,
  REFERENCE_PATTERN,
} from '../../../lib/images/grammar.ts';
import { formatImageReference, normalise, parseImageReference } from '../../../lib/images/reference.ts';

const data = process.env.AFTERSYNC_TEST_DATA;
const registered = { algorithms: ['sha256'] } as const;

const text = z.string();
const list = <T extends z.ZodType>(vector: T) => z.array(vector).prefault([]);
const matches = list(z.object({ input: text, match: z.boolean(), subs: z.array(text).optional() }));
const Vectors = z.object({
  parse: list(
    z.object({
      input: text,
      domain: text.default(''),
      repository: text.default(''),
      tag: text.default(''),
      digest: text.default(''),
      err: text.optional(),
    }),
  ),
  normalizedValidNames: list(text),
  normalizedInvalidNames: list(text),
  remoteValidNames: list(text),
  remoteInvalidNames: list(text),
  normalizedInfo: list(
    z.object({ RemoteName: text, FamiliarName: text, FullName: text, AmbiguousName: text, Domain: text }),
  ),
  normalizedTagAndDigest: list(z.object({ input: text, string: text })),
  parseAnyReference: list(z.object({ Reference: text, Equivalent: text })),
  normalizedSplitHostname: list(z.object({ input: text, domain: text })),
  parseDockerRef_tagNormalising: list(z.object({ name: text, input: text, expected: text })),
  domainAndPath: list(z.object({ input: text, domain: text })),
  withTag: list(z.object({ name: text, tag: text, digest: text.optional(), combined: text })),
  withDigest: list(z.object({ name: text, tag: text.optional(), digest: text, combined: text })),
  withNameFailure: list(z.object({ input: text, err: text })),
  parseNamed_requiresCanonical: list(z.object({ input: text, domain: text.optional(), err: text.optional() })),
  regexp: z
    .object({
      TestDomainRegexp: matches,
      TestFullNameRegexp: matches,
      TestReferenceRegexp: matches,
      TestIdentifierRegexp: matches,
    })
    .prefault({}),
});

const FAULTS: Record<string, string> = {
  ErrNameEmpty: 'empty',
  ErrReferenceInvalidFormat: 'format',
  ErrNameContainsUppercase: 'uppercase',
  ErrNameTooLong: 'path-too-long',
  'digest.ErrDigestInvalidLength': 'digest-length',
  'digest.ErrDigestUnsupported': 'digest-unsupported',
};

/** The full name of a reference, or its fault. */
function fullName(reference: string): string {
  const found = normalise(reference, registered);
  if ('fault' in found) return found.fault;
  const tag = found.tag === null ? '' : `:${found.tag}`;
  return `${found.domain}/${found.path}${tag}${found.digest === null ? '' : `@${found.digest}`}`;
}

/** An image id or a digest is a reference of its own kind; everything else is a name. */
function anyReference(reference: string): string {
  if (IDENTIFIER_PATTERN.test(reference)) return `sha256:${reference}`;
  return digestFault(reference, ['sha256']) === null ? reference : fullName(reference);
}

describe.skipIf(!data)('vectors of distribution/reference (needs AFTERSYNC_TEST_DATA)', () => {
  const vectors = data
    ? Vectors.parse(
        JSON.parse(readFileSync(join(data, '04-image-references/distribution-reference-vectors.json'), 'utf8')),
      )
    : Vectors.parse({});

  it.each(vectors.parse)('parse $input', ({ input, domain, repository, tag, digest, err }) => {
    const found = parseWritten(input, registered);
    if (err !== undefined) return expect(found).toEqual({ fault: FAULTS[err] });
    const path = domain === '' ? repository : repository.slice(domain.length + 1);
    expect(found).toEqual({ domain: domain || null, path, tag: tag || null, digest: digest || null });
  });

  it('accepts sha512 where it is told to', () => {
    const sha512 = vectors.parse.filter(vector => vector.input.includes('@sha512:'));
    expect(sha512).toHaveLength(1);
    for (const { input } of sha512)
      expect(parseWritten(input, { algorithms: ['sha256', 'sha512'] })).toMatchObject({ path: 'validname' });
  });

  it.each(vectors.normalizedValidNames)('accepts %s', name => expect(parseImageReference(name)).not.toBeNull());
  it.each(vectors.normalizedInvalidNames)('refuses %s', name => expect(parseImageReference(name)).toBeNull());
  it.each(vectors.remoteValidNames)('accepts remote name %s', name => expect(parseImageReference(name)).not.toBeNull());
  it.each(vectors.remoteInvalidNames)('refuses remote name %s', name => expect(parseImageReference(name)).toBeNull());

  it.each(vectors.normalizedInfo)('normalises $FamiliarName', info => {
    for (const name of [info.FamiliarName, info.FullName, info.AmbiguousName].filter(spelling => spelling !== '')) {
      expect(parseImageReference(name)).toMatchObject({ registry: info.Domain, repository: info.RemoteName });
      expect(fullName(name)).toBe(info.FullName);
    }
  });

  it.each(vectors.normalizedTagAndDigest)('keeps tag and digest of $input', ({ input, string }) =>
    expect(fullName(input)).toBe(string),
  );

  it.each(vectors.parseAnyReference)('reads $Reference as any reference', ({ Reference, Equivalent }) =>
    expect(anyReference(Reference)).toBe(Equivalent),
  );

  it.each(vectors.normalizedSplitHostname)('finds the host of $input', ({ input, domain }) =>
    expect(parseImageReference(input)?.registry).toBe(domain),
  );

  it.each(vectors.parseDockerRef_tagNormalising)('default tag: $name', ({ input, expected }) => {
    const found = parseImageReference(input);
    // A digest makes the tag superfluous for a container runtime; here both are kept, and compared without the tag.
    expect(found && formatImageReference({ ...found, tag: found.digest === null ? found.tag : null })).toBe(expected);
  });

  it.each(vectors.domainAndPath)('written host of $input', ({ input, domain }) =>
    expect(parseWritten(input, registered)).toMatchObject({ domain: domain || null }),
  );

  it.each([...vectors.withTag, ...vectors.withDigest])('takes $combined apart', ({ name, tag, digest, combined }) =>
    expect(REFERENCE_PATTERN.exec(combined)?.slice(1)).toEqual([name, tag, digest]),
  );

  it.each(vectors.withNameFailure)('refuses the name $input', ({ input, err }) => {
    const path = NAME_PATTERN.exec(input)?.[2];
    if (err === 'ErrNameTooLong') expect(path?.length).toBeGreaterThan(255);
    else expect(path).toBeUndefined();
  });

  it.each(vectors.parseNamed_requiresCanonical)('full name of $input', ({ input, err }) => {
    if (err === undefined) expect(fullName(input)).toBe(input);
    else expect(fullName(input)).not.toBe(input);
  });

  it.each([
    ...vectors.regexp.TestDomainRegexp.map(vector => ({ ...vector, pattern: DOMAIN_PATTERN })),
    ...vectors.regexp.TestFullNameRegexp.map(vector => ({ ...vector, pattern: NAME_PATTERN })),
    ...vectors.regexp.TestReferenceRegexp.map(vector => ({ ...vector, pattern: REFERENCE_PATTERN })),
    ...vectors.regexp.TestIdentifierRegexp.map(vector => ({ ...vector, pattern: IDENTIFIER_PATTERN })),
  ])('pattern on $input', ({ input, match, subs, pattern }) => {
    const found = pattern.exec(input);
    expect(found !== null).toBe(match);
    // One vector lost a strings.Repeat when it was converted from Go, and has three groups for two.
    if (subs?.length === (found?.length ?? 0) - 1) expect(found?.slice(1).map(group => group ?? '')).toEqual(subs);
  });
});
