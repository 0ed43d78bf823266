/** A text as one line of at most `length` characters: control characters become spaces. */
export function printable(text: string, length: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}][\p{Cc}\p{Zl}\p{Zp} ]*/gu, ' ').trim();
  // Never half of a character that takes two code units.
  return line.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
