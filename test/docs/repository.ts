import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseAllDocuments, visit } from 'yaml';

const FOLDERS = ['deploy', 'event-sources', 'sensors', 'workflow-templates'];

/** What the manifests of the repository hold: every word of a value, every key, and the resources by kind. */
export interface Manifests {
  texts: Set<string>;
  keys: Set<string>;
  /** `kind/name`, the kind in lower case. */
  resources: Set<string>;
}

export function readManifests(): Manifests {
  const found: Manifests = { texts: new Set(), keys: new Set(), resources: new Set() };
  for (const folder of FOLDERS)
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (/\.ya?ml$/.test(file)) collect(readFileSync(join(folder, file), 'utf8'), found);
  return found;
}

function collect(text: string, { texts, keys, resources }: Manifests): void {
  for (const document of parseAllDocuments(text)) {
    const name = document.getIn(['metadata', 'name']);
    if (isMap(document.contents)) resources.add(`${String(document.get('kind')).toLowerCase()}/${name}`);
    visit(document, {
      Scalar: (at, { value }) => {
        if (at === 'key') keys.add(String(value));
        else for (const word of String(value).match(/[\w./-]+/g) ?? []) texts.add(word);
      },
      Pair: (_, { key }) => {
        if (isScalar(key)) keys.add(String(key.value));
      },
    });
  }
}

/** The sub-commands of aftersync and the modules that hold them, read from the program that loads them. */
export const PROGRAMS: ReadonlyMap<string, string> = new Map(
  [
    ...readFileSync('bin/programs.ts', 'utf8').matchAll(
      /^ {2}'?([a-z-]+)'?: \{(?:(?!^ {2}\}|^ {2}'?[a-z-]+'?: \{).)*?import\('(\.\.?\/[^']+)'\)/gms,
    ),
  ].map(([, name = '', module = '']) => [name, join('bin', module)]),
);

export const SCRIPTS: ReadonlySet<string> = new Set(
  Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts),
);
