import type * as z from 'zod';
// By itself: the namespace z.core would bring all of zod into a bundle, every language's messages included.
import { toDotPath } from 'zod/v4/core';
import { badInput } from './failure.ts';

const MAX_ISSUES = 3;

/**
 * Parses a value from outside. What fails is named by path and rule; the value itself is never repeated, it may be a secret.
 * @param on the file, URL or flag the value came from
 * @throws Failure 2
 */
export function parseAs<T extends z.ZodType>(schema: T, value: unknown, on: string, remedy: string): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badInput('Not as documented', `${on}: ${describeIssues(result.error)}`, remedy);
}

/** The first problems of a schema as one line: path and rule. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues
    .slice(0, MAX_ISSUES)
    .map(issue => `${toDotPath(issue.path) || 'document'}: ${issue.message}`);
  const more = error.issues.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** @throws Failure 2 where the text is not JSON */
export function parseJson(text: string, on: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('Not JSON', on, remedy);
  }
}
