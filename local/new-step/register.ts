import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badInput } from '../../lib/runtime/failure.ts';
import type { Name } from './name.ts';

interface Registration {
  path: string;
  /** The line before which the text goes. */
  before: string;
  text: string;
}

const linesOf = ({ kebab, pascal, description }: Name): Registration[] => [
  {
    path: 'bin/programs.ts',
    before: '  pipeline: {',
    text: `  '${kebab}': { description: '${lowered(description)}', load: () => import('../steps/${kebab}/cli.ts') },\n`,
  },
  {
    path: 'docs/derive/contracts.ts',
    before: "  {\n    slug: 'deployment-record',",
    text: `  { slug: '${kebab}', name: '${pascal}', schema: ${pascal}, foundAs: '\`${kebab}.json\`', writtenBy: '\`${kebab}\`', readBy: 'people', io: 'output' },\n`,
  },
  {
    path: 'docs/derive/contracts.ts',
    before: "import { EventEnvelope } from '../../lib/contracts/sync-event.ts';",
    text: `import { ${pascal} } from '../../lib/contracts/${kebab}.ts';\n`,
  },
  { path: 'workflow-templates/kustomization.yaml', before: '  - conclude.yaml', text: `  - ${kebab}.yaml\n` },
  { path: 'deploy/base/identities/kustomization.yaml', before: '  - conclude.yaml', text: `  - ${kebab}.yaml\n` },
  { path: 'test/e2e/identities.test.ts', before: '  conclude: [', text: `  '${kebab}': [],\n` },
];

const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1, -1);

/** The files that list steps, with one more. @throws Failure 2 where a list is not where it was */
export async function registrations(root: string, name: Name): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const programs = await readFile(join(root, 'bin/programs.ts'), 'utf8');
  if (new RegExp(`^  '?${name.kebab}'?: \\{`, 'm').test(programs))
    throw badInput('The name is taken', `bin/programs.ts has ${name.kebab}`, 'choose another');
  for (const { path, before, text } of linesOf(name)) {
    const present = files.get(path) ?? (await readFile(join(root, path), 'utf8'));
    const at = present.indexOf(before);
    if (at === -1)
      throw badInput('No place for the step', `${path}, before \`${before}\``, 'mend local/new-step/register.ts');
    files.set(path, `${present.slice(0, at)}${text}${present.slice(at)}`);
  }
  return files;
}
