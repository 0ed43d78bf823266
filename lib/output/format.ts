import { Option } from 'commander';
import type { Scalar } from 'yaml';
import { oneLine } from '../runtime/outside-text.ts';
import { print } from './print.ts';

export type Format = 'json' | 'yaml' | 'name';

/** What a program has to say, in each form; only the one that is asked for is made. */
export interface Views {
  /** For a person. */
  text: () => string;
  /** One line each; nothing is printed where there is none. */
  names: () => readonly string[];
  /** For programs. */
  document: () => unknown;
}

/**
 * The flag of every program that prints a list or an object.
 * @param names what `-o name` prints
 * @param further forms that the program alone has
 */
export const outputOption = (names: string, ...further: readonly string[]) =>
  new Option('-o, --output <format>', `for programs, instead of text; name: ${names}`).choices([
    'json',
    'yaml',
    'name',
    ...further,
  ]);

/** Prints on stdout, as --output says. */
export async function printAs(format: Format | undefined, { text, names, document }: Views): Promise<void> {
  if (format === undefined) print(text());
  else if (format === 'json') print(escaped(JSON.stringify(document(), null, 2)));
  else if (format === 'yaml') print(await yamlOf(document()));
  else if (names().length > 0)
    print(
      names()
        .map(name => oneLine(name))
        .join('\n'),
    );
}

/** What a terminal obeys, what turns the direction and what is not seen, but for the ends of lines. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The same document, in which everything can be seen. */
const escaped = (text: string): string =>
  text.replace(UNSEEN, letter =>
    [...Array(letter.length).keys()]
      .map(unit => `\\u${letter.charCodeAt(unit).toString(16).padStart(4, '0')}`)
      .join(''),
  );

/** Loaded where it is asked for: most runs of most programs print none. */
export async function yamlOf(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { aliasDuplicateObjects: false });
  // Only between double quotes an escape is one.
  const Scalar = (_: unknown, scalar: Scalar) => {
    if (typeof scalar.value === 'string' && scalar.value.search(UNSEEN) >= 0) scalar.type = 'QUOTE_DOUBLE';
  };
  visit(document, { Scalar });
  return escaped(document.toString({ lineWidth: 0 }).trimEnd());
}
