/**
 * The grammar of image references, as github.com/distribution/reference has it (regexp.go, reference.go, normalize.go).
 * Container runtimes, registries and Argo CD read references by it.
 */

const PORT = '(?::[0-9]+)?';
const HOST_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const HOST = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])${PORT}`;
const PATH_PART = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${PATH_PART}(?:/${PATH_PART})*`;
const TAG = '[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';

export const DOMAIN_PATTERN = new RegExp(`^${HOST}$`);
/** Groups: domain, path. */
export const NAME_PATTERN = new RegExp(`^(?:(${HOST})/)?(${PATH})$`);
/** Groups: name, tag, digest. */
export const REFERENCE_PATTERN = new RegExp(`^((?:${HOST}/)?${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
/** The id of an image in a container runtime, which is no name. */
export const IDENTIFIER_PATTERN = /^[a-f0-9]{64}$/;

const MAX_PATH = 255;
/** No reference is longer; what is has been mixed up, and is not worth matching. */
const MAX_TEXT = 4096;
const DIGEST_LENGTHS = { sha256: 64, sha384: 96, sha512: 128 } as const;

export type DigestAlgorithm = keyof typeof DIGEST_LENGTHS;

export type ReferenceFault =
  | 'empty'
  | 'format'
  | 'uppercase'
  | 'path-too-long'
  | 'identifier'
  | 'digest-format'
  | 'digest-length'
  | 'digest-unsupported';

/** A reference as it is written: nothing is added. */
export interface WrittenReference {
  /** Host[:port], null where the text names none. */
  domain: string | null;
  path: string;
  tag: string | null;
  digest: string | null;
}

/**
 * Parses a reference without Docker Hub's defaults: the domain is whatever stands before the first slash.
 * @param algorithms which digests are accepted; the grammar itself allows any
 */
export function parseWritten(
  text: string,
  { algorithms }: { algorithms: readonly DigestAlgorithm[] },
): WrittenReference | { fault: ReferenceFault } {
  if (text === '') return { fault: 'empty' };
  if (text.length > MAX_TEXT) return { fault: 'format' };
  const [, name, tag, digest] = REFERENCE_PATTERN.exec(text) ?? [];
  if (name === undefined) return { fault: REFERENCE_PATTERN.test(text.toLowerCase()) ? 'uppercase' : 'format' };
  const [, domain, path = name] = NAME_PATTERN.exec(name) ?? [];
  if (path.length > MAX_PATH) return { fault: 'path-too-long' };
  const fault = digest === undefined ? null : digestFault(digest, algorithms);
  return fault === null ? { domain: domain ?? null, path, tag: tag ?? null, digest: digest ?? null } : { fault };
}

/** What is wrong with a digest; null where nothing is. */
export function digestFault(digest: string, algorithms: readonly DigestAlgorithm[]): ReferenceFault | null {
  const [, name, encoded = ''] = /^([^:]+):(.+)$/.exec(digest) ?? [];
  if (name === undefined) return 'digest-format';
  const algorithm = algorithms.find(accepted => accepted === name);
  if (algorithm === undefined) return 'digest-unsupported';
  if (encoded.length !== DIGEST_LENGTHS[algorithm]) return 'digest-length';
  return /^[a-f0-9]+$/.test(encoded) ? null : 'digest-format';
}
