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
