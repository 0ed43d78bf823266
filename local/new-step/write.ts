import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { badInput } from '../../lib/runtime/failure.ts';
import type { Name } from './name.ts';
import { registrations } from './register.ts';

const TEMPLATES = new URL('template/', import.meta.url);

const filesOf = (name: string): readonly (readonly [template: string, path: string])[] => [
  ['cli.ts.txt', `steps/${name}/cli.ts`],
  ['run.ts.txt', `steps/${name}/run.ts`],
  ['step.ts.txt', `steps/${name}/step.ts`],
  ['README.md.txt', `steps/${name}/README.md`],
  ['contract.ts.txt', `lib/contracts/${name}.ts`],
  ['workflow-template.yaml.txt', `workflow-templates/${name}.yaml`],
  ['identity.yaml.txt', `deploy/base/identities/${name}.yaml`],
  ['test.ts.txt', `test/steps/${name}/cli.test.ts`],
];

const SAMPLES = [
  ['steps/report/samples/deployment.json', 'deployment.json'],
  ['steps/submit-evidence/samples/config.yaml', 'config.yaml'],
] as const;

/**
 * Writes a step and names it where steps are named. Nothing is written where something of it is there already.
 * @returns the paths that were written or changed
 * @throws Failure 2
 */
export async function writeStep(root: string, name: Name): Promise<string[]> {
  const files = filesOf(name.kebab);
  const taken = files.find(([, path]) => existsSync(join(root, path)));
  if (taken !== undefined) throw badInput('The name is taken', taken[1], 'choose another');
  const changed = await registrations(root, name);
  const texts = new Map(changed);
  for (const [template, path] of files)
    texts.set(path, filled(await readFile(new URL(template, TEMPLATES), 'utf8'), name));
  for (const [path, text] of texts) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const samples = SAMPLES.map(([from, to]) => [from, `steps/${name.kebab}/samples/${to}`] as const);
  for (const [from, to] of samples) await cp(join(root, from), join(root, to));
  return [...texts.keys(), ...samples.map(([, to]) => to)];
}

const filled = (text: string, { kebab, camel, pascal, title, description }: Name): string =>
  text
    .replaceAll('__name__', kebab)
    .replaceAll('__camel__', camel)
    .replaceAll('__Name__', pascal)
    .replaceAll('__Title__', title)
    .replaceAll('__description__', description);
