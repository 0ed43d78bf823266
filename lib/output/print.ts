import { styleText } from 'node:util';
import { redact } from '../runtime/redact.ts';

type Style = Parameters<typeof styleText>[0];

/** Text on stdout, where a program may read it. */
export function print(text: string): void {
  process.stdout.write(redact(`${text}\n`));
}

/** Coloured on a terminal, plain everywhere else. */
export const styled = (style: Style, text: string): string =>
  process.stdout.isTTY === true && !process.env.NO_COLOR ? styleText(style, text) : text;

/** Text from a record for a terminal: nothing in it may move the cursor or colour what follows. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' ');
