import type { Deployment } from '../contracts/deployment.ts';

/** What the key of an archived record says of it. */
export interface ArchivedRecord {
  key: string;
  id: string;
  instance: string;
  namespace: string;
  name: string;
  /** RFC 3339, when the operation started. */
  startedAt: string;
  /** Size of the object. */
  bytes: number;
}

/** Which records: of an instance, of a namespace of it, of an application. Each needs the one before; none is all. */
export interface Scope {
  instance?: string | undefined;
  namespace?: string | undefined;
  name?: string | undefined;
}

const KEY =
  /^records\/([^/]+)\/([^/]+)\/([^/]+)\/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)(\.\d+)?Z\/([0-9a-f]{16})\.json$/;

/**
 * <prefix>/records/<instance>/<namespace>/<application>/<started>/<id>.json. A listing is in the order of time, and says
 * what was deployed when without reading an object. Colons are not everywhere allowed in a file name, so the time has none.
 */
export function recordKey(prefix: string, { id, source, operation }: Deployment): string {
  const started = operation.startedAt.replaceAll(':', '-');
  return `${prefix}/records/${source.instance}/${source.namespace}/${source.name}/${started}/${id}.json`;
}

/** An object that holds the key of the record with this id. */
export const idKey = (prefix: string, id: string): string => `${prefix}/ids/${id}`;

/** What the keys of the records of a scope begin with. */
export function scopePrefix(prefix: string, { instance, namespace, name }: Scope): string {
  const folders = [instance, namespace, name];
  const end = folders.indexOf(undefined);
  return [prefix, 'records', ...folders.slice(0, end < 0 ? folders.length : end), ''].join('/');
}

/** @returns null where the key is not that of a record */
export function parseRecordKey(prefix: string, key: string, bytes: number): ArchivedRecord | null {
  if (!key.startsWith(`${prefix}/`)) return null;
  const [match, instance, namespace, name, day, hour, minute, second, fraction, id] =
    KEY.exec(key.slice(prefix.length + 1)) ?? [];
  if (
    match === undefined ||
    instance === undefined ||
    namespace === undefined ||
    name === undefined ||
    id === undefined
  )
    return null;
  return {
    key,
    id,
    instance,
    namespace,
    name,
    startedAt: `${day}T${hour}:${minute}:${second}${fraction ?? ''}Z`,
    bytes,
  };
}
