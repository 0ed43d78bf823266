import { badInput } from '../../lib/runtime/failure.ts';
import type { Json } from './json-text.ts';

/** What gjson and sjson give a meaning of its own: queries, wildcards, modifiers, and several paths at once. */
const NOT_SUPPORTED = /^$|^[[{!:]|[|#@*?\\]/;

/**
 * The names and indexes of a path between its dots; a backslash takes the meaning from what follows it.
 * @param on the place in the Sensor, for the message
 * @throws Failure 2 where the path has a part that is neither
 */
export function pathOf(path: string, on: string): string[] {
  const parts = path.match(/(?:\\.|[^.\\])+|(?<=^|\.)(?=\.|$)|\\$/gs) ?? [];
  return parts.map(part => {
    if (NOT_SUPPORTED.test(part.replace(/\\./gs, 'x')))
      throw badInput(
        'Part of a path is not supported',
        `${on}: ${JSON.stringify(part)} in ${path}`,
        'names, indexes, and a backslash before other characters are; @this alone is the whole event',
      );
    return part.replace(/\\(.)/gs, '$1');
  });
}

/** What gjson finds: of members with the same name the first. */
export function find(json: Json, [part, ...rest]: readonly string[]): Json | undefined {
  if (part === undefined) return json;
  const member = json.type === 'object' ? json.entries.find(([name]) => name === part)?.[1] : elementOf(json, part);
  return member && find(member, rest);
}

const elementOf = (json: Json, part: string): Json | undefined =>
  json.type === 'array' && isIndex(part) ? json.items[Number(part)] : undefined;

export const isIndex = (part: string): boolean => /^\d+$/.test(part);
