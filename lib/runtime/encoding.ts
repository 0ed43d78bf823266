import { isUtf8 } from 'node:buffer';
import { badInput, type Failure } from './failure.ts';

const MARK = '\uFEFF';

/** Leaves out the byte order mark that editors and PowerShell write before UTF-8. */
export const withoutMark = (text: string): string => (text.startsWith(MARK) ? text.slice(MARK.length) : text);

/** @throws Failure 2 where the bytes are no UTF-8, with the encoding that they are in where their beginning tells it */
export function decodeUtf8(bytes: Buffer, on: string): string {
  checkEncoding(bytes, on);
  if (!isUtf8(bytes)) throw notUtf8(on, 'it holds bytes that are not UTF-8');
  return withoutMark(bytes.toString('utf8'));
}

/** @param start the first bytes of a file. @throws Failure 2 */
export function checkEncoding(start: Buffer, on: string): void {
  const encoding = encodingOf(start);
  if (encoding !== null) throw notUtf8(on, `it is ${encoding}`);
}

/** Byte order marks; without one, ASCII in two or four bytes leaves its zero bytes on one side. */
const STARTS: readonly [start: RegExp, encoding: string][] = [
  [/^(fffe0000|0000feff)/, 'UTF-32'],
  [/^(fffe|feff)/, 'UTF-16'],
  [/^((?!00)..000000|000000(?!00)..)/, 'UTF-32'],
  [/^((?!00)..00){2}|^(00(?!00)..){2}/, 'UTF-16'],
];

const encodingOf = (start: Buffer): string | null =>
  STARTS.find(([pattern]) => pattern.test(start.toString('hex', 0, 4)))?.[1] ?? null;

const notUtf8 = (on: string, why: string): Failure =>
  badInput('Not UTF-8', `${on}: ${why}`, 'save it as UTF-8; in PowerShell: COMMAND | Out-File -Encoding utf8 FILE');
