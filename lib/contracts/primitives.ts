import * as z from 'zod';

/** RFC 3339 instant in UTC, as Kubernetes and Argo CD write it. Argo CD's operation times have whole seconds. */
export const Timestamp = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/, 'not an RFC 3339 UTC time')
  .meta({ title: 'Timestamp', description: 'RFC 3339 time in UTC.' });

/**
 * The one spelling of an instant, as Argo CD writes it: whole seconds, a real day, hours below 24.
 * @returns null where it is no time, such as a 31st of February
 */
export function wholeSeconds(time: string): string | null {
  const [day = ''] = time.split('T');
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const at = Date.parse(time);
  // Date.parse takes a 31st of February for the 3rd of March.
  if (Number.isNaN(at) || Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** DNS-1123 subdomain: the form of Kubernetes object names. It cannot hold a path separator or a template tag. */
export const ObjectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'not a Kubernetes object name')
  .meta({ title: 'ObjectName', description: 'Name of a Kubernetes object.' });

/** DNS-1123 label: the form of a namespace. */
export const NamespaceName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'not a Kubernetes namespace')
  .meta({ title: 'NamespaceName', description: 'Kubernetes namespace.' });

/** metadata.uid of a Kubernetes object. */
export const ObjectUid = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'not a Kubernetes uid')
  .meta({ title: 'ObjectUid', description: 'metadata.uid of a Kubernetes object.' });

/** First 16 hexadecimal digits of sha256("<application uid>/<operationState.startedAt>"): one sync operation. */
export const OperationId = z
  .string()
  .regex(/^[0-9a-f]{16}$/, 'not an operation id (16 hexadecimal digits)')
  .meta({ title: 'OperationId', description: 'Operation id: 16 hexadecimal digits.' });

/** Lower-case hexadecimal SHA-256, 64 digits. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'not a SHA-256 in hexadecimal')
  .meta({ title: 'Sha256', description: 'SHA-256, 64 hexadecimal digits.' });

/** OCI content digest with the algorithm every registry in this field uses. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'not an OCI sha256 digest')
  .meta({ title: 'Digest', description: 'OCI content digest, sha256:<64 hexadecimal digits>.' });

/** http or https URL. Whether plain http is allowed depends on the host and is decided by the HTTP client. */
export const HttpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/@]+(\/\S*)?$/, 'not an http(s) URL without credentials')
  .meta({ title: 'HttpUrl', description: 'http or https URL without credentials.' });
