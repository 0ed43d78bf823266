import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 in hexadecimal of the canonical JSON (RFC 8785) of a value. */
export function canonicalSha256(value: unknown): string {
  const text = canonicalize(value) ?? '';
  return createHash('sha256')
    .update(holdsLoneSurrogate(text) ? (canonicalize(wellFormed(value)) ?? '') : text)
    .digest('hex');
}

/** Half a character, which text that was cut may end with. JSON writes it as an escape, and nothing else that begins like it. */
const holdsLoneSurrogate = (json: string): boolean => /\\ud[89a-f]/i.test(json);

/** As an API server keeps it: what is no character becomes U+FFFD. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [wellFormed(key), wellFormed(field)]));
}
