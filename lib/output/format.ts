import { Option } from 'commander';
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
  else if (format === 'json') print(JSON.stringify(document(), null, 2));
  else if (format === 'yaml') print(await yamlOf(document()));
  else if (names().length > 0) print(names().join('\n'));
}

/** Loaded where it is asked for: most runs of most programs print none. */
async function yamlOf(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }).trimEnd();
}
