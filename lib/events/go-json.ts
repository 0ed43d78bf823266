/**
 * JSON as Go's encoding/json prints a map, which is what the notification template of Argo CD does: keys in order of their
 * bytes, no spaces, and what HTML or JavaScript could take for markup as escapes.
 */
export function goJson(value: unknown): string {
  const json = JSON.stringify(sorted(value)) ?? 'null';
  return json.replace(/[<>&\u2028\u2029]/g, escaped).replace(HALF, '$1\\ufffd');
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Half of a character, which JSON.stringify escapes, stands for a byte that is none in UTF-8: Go writes this escape. */
const HALF = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
