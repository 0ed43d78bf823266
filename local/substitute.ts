import { badInput } from '../lib/runtime/failure.ts';

/** What a template tag may name, such as `workflow.name`. */
export type Scope = Record<string, string>;

const TAG = /\{\{([^{}]*)\}\}/g;

/**
 * Replaces the template tags in every text of a value. What comes in is not looked at again, so that a value from outside
 * that holds a tag stays as it is.
 * @param on the place in the template, for the message
 * @throws Failure 2 where a tag names nothing, or is an expression
 */
export function substitute(value: unknown, scope: Scope, on: string): unknown {
  if (typeof value === 'string') return inText(value, scope, on);
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, scope, `${on}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, scope, `${on}.${key}`)]));
}

/** @throws Failure 2 */
export const inText = (text: string, scope: Scope, on: string): string =>
  text.replace(TAG, (tag, name: string) => {
    const found = Object.hasOwn(scope, name) ? scope[name] : undefined;
    if (found === undefined)
      throw badInput('Template tag names nothing', `${on}: ${tag}`, `known here: ${Object.keys(scope).join(', ')}`);
    return found;
  });
