import type { RegistryCredentials } from './docker-config.ts';

const DEFAULT_REGISTRY = 'index.docker.io';

/**
 * The credentials for an image, the most specific first, by the kubelet's rules: keys in reverse lexical order, ports equal,
 * as many host labels and each a file glob, the path a prefix; Docker Hub's key for an image without a registry.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/credentialprovider/keyring.go
 * @param image reference without scheme, such as registry.example.com/payments/api
 */
export function credentialsFor(image: string, credentials: readonly RegistryCredentials[]): RegistryCredentials[] {
  const indexed = credentials.map(one => ({ one, index: indexOf(one.key) }));
  const sorted = indexed.sort((a, b) => (a.index < b.index ? 1 : a.index > b.index ? -1 : 0));
  const matching = sorted.filter(({ index }) => urlsMatch(index, image));
  const found =
    matching.length > 0 || !isDefaultRegistry(image)
      ? matching
      : sorted.filter(({ index }) => index === DEFAULT_REGISTRY);
  return found.map(({ one }) => one);
}

/** Host, port and path that a key stands for: scheme gone, and `/v1/` or `/v2/` before the path. */
export function indexOf(key: string): string {
  const { host, path } = split(key.replace(/^https?:\/\//, ''));
  const effective = /^\/v[12]\//.test(path) ? path.slice(3) : path;
  return effective === '/' ? host : host + effective;
}

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
  return new RegExp(`^${source}$`);
}
