/** A package that has code in the bundle, as its own folder describes it. */
export interface BundledPackage {
  name: string;
  version: string;
  /** SPDX expression of its package.json; null where it has none. */
  licence: string | null;
  author: string | null;
  /** Its licence file, and its NOTICE where it has one; null where it comes without. */
  text: string | null;
  notice: string | null;
}

/** Licences that ask for their text and nothing that a closed network could not give. */
const ACCEPTED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

/** Packages whose licence somebody has to look at before they are shipped. */
export const questionable = (packages: readonly BundledPackage[]): string[] =>
  packages.flatMap(({ name, version, licence }) =>
    licence !== null && ACCEPTED.includes(licence) ? [] : [`${name}@${version} (${licence ?? 'no licence'})`],
  );

/** What goes with the bundle: each licence text once, with the packages that it is of. */
export function licenceFile(packages: readonly BundledPackage[]): string {
  const byText = new Map<string, BundledPackage[]>();
  for (const one of packages) {
    const text = one.text === null ? withoutText(one) : flat(one.text);
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const groups = [...byText].map(([text, of]) => [...of.map(titleOf), '', text].join('\n'));
  const notices = packages.flatMap(one =>
    one.notice === null ? [] : [`${titleOf(one)}, NOTICE\n\n${flat(one.notice)}`],
  );
  const head = `The programs of aftersync are bundled with code of ${packages.length} packages, under the licences below.
Written by \`npm run licences\` from what the bundler says that it used. Do not edit.`;
  return `${[head, ...groups, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

const titleOf = ({ name, version, licence, author, text }: BundledPackage): string =>
  `${name} ${version} (${licence})${text === null && author !== null ? `, by ${author}` : ''}`;

const withoutText = ({ licence }: BundledPackage): string =>
  `This comes without the text of its licence; it names it as ${licence}: https://spdx.org/licenses/${licence}.html`;

/** The same text, however its lines end and are filled up. */
const flat = (text: string): string =>
  text
    .split(/\r?\n/)
    .map(line => line.trimEnd())
    .join('\n')
    .trim();
