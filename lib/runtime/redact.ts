import { lettersOf } from './letters.ts';

/** So many letters of a secret in a row are never shown; of a shorter secret, all of it. */
const NEVER_SHOWN = 10;
const MIN_LENGTH = 4;
const HIDDEN = '***';

/** What is hidden, by its length. */
const known = new Map<number, Set<string>>();

/** What stands around a secret and is none: the server of a URL that is secret, the armour of a key. */
const AROUND = /^https?:\/\/[^/?#]*|-----[A-Z ]+-----/gi;

/** Remembers a secret, so that no text can show it, or a part of it, in any form that it travels in. */
export function registerSecret(value: string): void {
  const secret = value.replace(AROUND, '');
  if (secret.length < MIN_LENGTH) return;
  remember(secret);
  remember(Buffer.from(secret).toString('base64'));
  // Base64 writes three bytes as four characters: how depends on what stands before the secret, which may be two bytes more or less.
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    remember(bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)));
  }
}

function remember(form: string): void {
  const { letters } = lettersOf(form);
  if (letters.length < MIN_LENGTH) return;
  const length = Math.min(NEVER_SHOWN, letters.length);
  const runs = known.get(length) ?? new Set();
  known.set(length, runs);
  for (let at = 0; at + length <= letters.length; at += 1) runs.add(letters.slice(at, at + length));
}

/**
 * Replaces every registered secret: plain, in base64, in a URL, in HTML, in JSON, in each of these in another, and what is left of
 * one that was cut. It comes before anything that cuts a text or joins its lines.
 */
export function redact(text: string): string {
  if (known.size === 0) return text;
  const { letters, place } = lettersOf(text);
  let clean = '';
  let done = 0;
  for (const [from, to] of secretsIn(letters)) {
    const { start, end } = place(from, to);
    if (start >= done) clean += `${text.slice(done, start)}${HIDDEN}`;
    done = end;
  }
  return clean + text.slice(done);
}

/** Ranges that do not touch, in their order. */
function secretsIn(letters: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < letters.length; at += 1)
    for (const [length, runs] of known) {
      if (!runs.has(letters.slice(at, at + length))) continue;
      const last = found.at(-1);
      if (last !== undefined && at <= last[1]) last[1] = Math.max(last[1], at + length);
      else found.push([at, at + length]);
    }
  return found;
}
