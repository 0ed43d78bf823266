import type { RegistryCredentials } from './docker-config.ts';

const DEFAULT_REGISTRY = 'index.docker.io';

/**
 * The credentials for an image, the most specific first, by the kubelet's rules: keys in reverse lexical order, ports equal,
 * as many host labels and each a file glob, the path a prefix; Docker Hub's key for an image without a registry.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/credentialprovider/keyring.go
 * @param image reference without scheme, such as registry.example.com/payments/api
 */
export function credentialsFor(image: string, credentials: readonly RegistryCredentials[]): RegistryCredentials[] {
  const matching = entriesAt(image, credentials);
  if (matching.length > 0 || !isDefaultRegistry(image)) return matching;
  return sorted(credentials).filter(({ key }) => indexOf(key) === DEFAULT_REGISTRY);
}

/** The entries for a place, by the same rules but without Docker Hub's for what has no registry. @param place host and path */
export function entriesAt(
  place: string,
  credentials: readonly RegistryCredentials[],
  protocol = 'https:',
): RegistryCredentials[] {
  const target = indexOf(place, protocol);
  return sorted(credentials).filter(({ key }) => urlsMatch(indexOf(key, protocol), target));
}

const sorted = (credentials: readonly RegistryCredentials[]): RegistryCredentials[] => {
  const indexed = credentials.map(one => ({ one, index: indexOf(one.key) }));
  return indexed.sort((a, b) => (a.index < b.index ? 1 : a.index > b.index ? -1 : 0)).map(({ one }) => one);
};

/**
 * Host, port and path that a key stands for: scheme gone, and `/v1/` or `/v2/` before the path. A default port is no port:
 * the kubelet tells h from h:443, but both are the same server.
 * @param protocol of a key that says none
 */
export function indexOf(key: string, protocol = 'https:'): string {
  const [, scheme = protocol, rest = ''] = /^(?:(https?:)\/\/)?(.*)$/is.exec(key) ?? [];
  const { host, path: written } = split(rest);
  // A `?` in the host is a glob.
  const path = written.replace(/[?#].*/s, '');
  const effective = /^\/v[12](\/|$)/.test(path) ? path.slice(3) : path;
  return withoutDefaultPort(host, scheme.toLowerCase()) + (effective === '/' ? '' : effective);
}

/** Host and port that a key or an image names, in lower case and without a default port. */
export const hostOf = (key: string, protocol?: string): string => indexOf(key, protocol).replace(/\/.*/s, '');

const withoutDefaultPort = (host: string, protocol: string): string =>
  host.replace(protocol === 'http:' ? /:80$/ : /:443$/, '');

export function urlsMatch(glob: string, target: string): boolean {
  const pattern = split(glob);
  const url = split(target);
  const [patternHost, patternPort] = splitPort(pattern.host);
  const [host, port] = splitPort(url.host);
  if (patternPort !== port || !url.path.startsWith(pattern.path)) return false;
  if (isAddress(patternHost)) return patternHost === host;
  const labels = host.split('.');
  const patterns = patternHost.split('.');
  return labels.length === patterns.length && patterns.every((label, n) => fileGlob(label).test(labels[n] ?? ''));
}

/** Whether an image without credentials of its own is pulled from Docker Hub. */
export function isDefaultRegistry(image: string): boolean {
  const [first = '', ...rest] = image.split('/');
  if (first === '') return false;
  return rest.length === 0 || first === 'docker.io' || first === DEFAULT_REGISTRY || !/[.:]/.test(first);
}

function split(url: string): { host: string; path: string } {
  const slash = url.indexOf('/');
  if (slash < 0) return { host: url.toLowerCase(), path: '' };
  return { host: url.slice(0, slash).toLowerCase(), path: url.slice(slash) };
}

function splitPort(host: string): [string, string] {
  const [, name = host, port = ''] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return isAddress(host) ? [host, ''] : [name, port];
}

/** An IPv6 address in brackets, where a bracket is not a set of characters. */
const isAddress = (host: string): boolean => /^\[[0-9a-f:.]*\]$/.test(host);

/** Go's filepath.Match for one host label: `*`, `?`, `[set]`. */
function fileGlob(label: string): RegExp {
  const source = label.replace(/\[\^?[^\]]+\]|[*?]|[^A-Za-z0-9-]/g, part => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.length > 1 ? part.replaceAll('\\', '\\\\') : `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // No set of characters, such as [z-a]: the kubelet passes the key over.
    return /^(?!)/;
  }
}
