import { badInput } from '../../lib/runtime/failure.ts';

/** The one name of a step in the forms that files, types and people want. */
export interface Name {
  /** smoke-test */
  kebab: string;
  /** smokeTest */
  camel: string;
  /** SmokeTest */
  pascal: string;
  /** Smoke test */
  title: string;
  description: string;
}

/** @throws Failure 2 */
export function nameOf(kebab: string, description: string): Name {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab) || kebab.length > 40)
    throw badInput('Not the name of a step', kebab, 'write words of small letters and digits, with hyphens between');
  // It is written into TypeScript, YAML and Markdown.
  if (!/^[A-Z][\w ,()/-]*\.$/.test(description))
    throw badInput('Not a plain sentence', `--description=${description}`, 'a capital first, a full stop, no quotes');
  const pascal = kebab.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    kebab,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    title: kebab.charAt(0).toUpperCase() + kebab.slice(1).replaceAll('-', ' '),
    description,
  };
}
