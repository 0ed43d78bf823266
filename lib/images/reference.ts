import {
  type DigestAlgorithm,
  digestFault,
  IDENTIFIER_PATTERN,
  parseWritten,
  type ReferenceFault,
  type WrittenReference,
} from './grammar.ts';

const DOCKER_HUB = 'docker.io';
const DOCKER_HUB_LEGACY = 'index.docker.io';
const OFFICIAL = 'library/';

/** sha256 is what every registry in this field uses, and what the contracts hold. */
const ACCEPTED: readonly DigestAlgorithm[] = ['sha256'];

/** A reference as a container runtime reads it, Docker Hub's defaults filled in. */
export interface ImageReference {
  /** Host[:port]; docker.io where none is written. */
  registry: string;
  /** Path without registry, `library/` added for Docker Hub's official images. */
  repository: string;
  /** null where only a digest is written; `latest` where nothing is. */
  tag: string | null;
  /** sha256:<64 hex>, null where none is written. */
  digest: string | null;
}

/** @returns null where a container runtime would refuse the text, or its digest is not a sha256 */
export function parseImageReference(text: string): ImageReference | null {
  const found = normalise(text, { algorithms: ACCEPTED });
  if ('fault' in found) return null;
  const { domain, path, tag, digest } = found;
  return { registry: domain, repository: path, tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/** `<registry>/<repository>` with its tag and digest: one spelling of an image that can be written in several ways. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  const name = `${registry}/${repository}`;
  return `${name}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** The manifest digest in `sha256:<hex>` form, null for anything else. */
export const asDigest = (text: string): string | null => (digestFault(text, ACCEPTED) === null ? text : null);

/** Parses a reference with Docker Hub's defaults for host and `library/`, and none for the tag. */
export function normalise(
  text: string,
  { algorithms }: { algorithms: readonly DigestAlgorithm[] },
): (WrittenReference & { domain: string }) | { fault: ReferenceFault } {
  if (IDENTIFIER_PATTERN.test(text)) return { fault: 'identifier' };
  const [domain, remainder] = splitDomain(text);
  const [remote = ''] = remainder.split(':', 1);
  if (remote !== remote.toLowerCase()) return { fault: 'uppercase' };
  const found = parseWritten(`${domain}/${remainder}`, { algorithms });
  if ('fault' in found) return found;
  // An underscore is allowed in no host: the grammar takes such a one for the first part of the path, a runtime does not.
  const path = found.domain === null ? found.path.slice(domain.length + 1) : found.path;
  return { ...found, domain, path };
}

/** What stands before the first slash is a host only where it looks like one: localhost, a dot, a port, or a capital. */
function splitDomain(text: string): [domain: string, remainder: string] {
  const slash = text.indexOf('/');
  if (slash < 0) return [DOCKER_HUB, `${OFFICIAL}${text}`];
  const first = text.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const domain = !isHost || first === DOCKER_HUB_LEGACY ? DOCKER_HUB : first;
  const remainder = isHost ? text.slice(slash + 1) : text;
  return [domain, domain === DOCKER_HUB && !remainder.includes('/') ? `${OFFICIAL}${remainder}` : remainder];
}
