import * as z from 'zod';
import { toDotPath } from 'zod/v4/core';
import { nearest } from './nearest.ts';

/** What is wrong with one key of the configuration. The value is not repeated. */
export interface ConfigurationProblem {
  /** The key with its whole path, and the rule. */
  what: string;
  /** Which key was meant, or which there are; null where the rule says it. */
  remedy: string | null;
}

/** @param schema that the document was held against */
export const problemsIn = (schema: z.ZodType, { issues }: z.ZodError): ConfigurationProblem[] =>
  issues.flatMap(issue => {
    const path = toDotPath(issue.path);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => unknownKey(path === '' ? '' : `${path}.`, key, keysAt(schema, issue.path)));
    return [{ what: `\`${path || 'document'}\`: ${issue.message}`, remedy: null }];
  });

/** One problem in one line. */
export const lineOf = ({ what, remedy }: ConfigurationProblem): string =>
  remedy === null ? what : `${what}: ${remedy}`;

function unknownKey(prefix: string, key: string, valid: readonly string[]): ConfigurationProblem {
  const meant = nearest(key, valid);
  const remedy = meant === null ? `remove it; valid here: ${valid.join(', ')}` : `did you mean \`${prefix}${meant}\`?`;
  return { what: `Unknown key \`${prefix}${key}\``, remedy };
}

/** The keys that the schema has at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found = path.reduce<unknown>(inside, schema);
  const bare = unwrapped(found);
  return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
}

function inside(schema: unknown, part: PropertyKey): unknown {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodObject) return bare.shape[String(part)];
  if (bare instanceof z.ZodArray) return bare.element;
  return bare instanceof z.ZodRecord ? bare.valueType : undefined;
}

const unwrapped = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? unwrapped(schema.unwrap())
    : schema;
