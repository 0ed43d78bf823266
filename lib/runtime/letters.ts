/** A text as what it means, however it is written. */
export interface Letters {
  letters: string;
  /** Where some letters stand in the text: from the start of the first to the end of the last. */
  place(from: number, to: number): { start: number; end: number };
}

/** Letters that stand in the text as they are, or as something else, which ends at `end`. */
interface Piece {
  letter: number;
  at: number;
  end: number | null;
}

/**
 * URL, HTML and JSON, also in each other, and what is not seen. Everything is bounded, so that a hostile text costs no more
 * than its length.
 */
const WRITTEN_OTHERWISE =
  /(?:%(?:25){0,3}[\da-f]{2})+|&(?:amp;){0,3}(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos);|\\{1,8}(?:u[\da-f]{4}|x[\da-f]{2})?|[\p{Cc}\p{Cf}\p{Cs}\p{DI}]+/giu;
const MEANS_NOTHING = /[\\\p{Cc}\p{Cf}\p{Cs}\p{DI}]/gu;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Blanks, `+` and `-` are one letter, `/` and `_` another: forms write a blank as `+`, base64 of URLs has letters of its own. */
export function lettersOf(text: string): Letters {
  const pieces: Piece[] = [{ letter: 0, at: 0, end: null }];
  let letters = '';
  let at = 0;
  for (const { 0: written, index } of text.matchAll(WRITTEN_OTHERWISE)) {
    letters += text.slice(at, index);
    at = index + written.length;
    pieces.push({ letter: letters.length, at: index, end: at });
    letters += meaningOf(written).replace(MEANS_NOTHING, '');
    pieces.push({ letter: letters.length, at, end: null });
  }
  letters += text.slice(at);
  return {
    letters: letters.replace(/[\s+-]/g, ' ').replaceAll('_', '/'),
    place: (from, to) => ({ start: placeOf(pieces, from).start, end: placeOf(pieces, to - 1).end }),
  };
}

function placeOf(pieces: readonly Piece[], letter: number): { start: number; end: number } {
  let low = 0;
  for (let high = pieces.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.letter ?? 0) <= letter) low = middle;
    else high = middle;
  }
  const { at, end, letter: first } = pieces[low] ?? { letter: 0, at: 0, end: null };
  return end === null ? { start: at + letter - first, end: at + letter - first + 1 } : { start: at, end };
}

function meaningOf(written: string): string {
  if (written.startsWith('%')) return decoded(written.replace(/%(?:25)+(?=[\da-f]{2})/gi, '%'));
  if (written.startsWith('&')) return entity(written.replace(/^&(?:amp;)*/i, '').replace(';', ''));
  const code = /^\\+[ux](.+)$/i.exec(written)?.[1];
  return code === undefined ? '' : String.fromCharCode(Number.parseInt(code, 16));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return Buffer.from(text.replaceAll('%', ''), 'hex').toString('latin1');
  }
}

function entity(name: string): string {
  const [, hex, digits] = /^#(x?)([\da-f]+)$/i.exec(name) ?? [];
  if (digits === undefined) return ENTITIES[name.toLowerCase()] ?? '&';
  const code = Number.parseInt(digits, hex === '' ? 10 : 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
