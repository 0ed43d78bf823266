import * as z from 'zod';
import type { ArtifactoryState, StoredItem } from './artifactory-state.ts';

export const MAX_QUERY_LENGTH = 6000;
const FIELDS = ['repo', 'path', 'name', 'type', 'sha256', 'created', 'modified'];

/** The text of a 400, as Artifactory words it. */
export class AqlError extends Error {}

const Condition = z.record(z.string(), z.unknown());
const Included = z.array(z.string());

/**
 * Evaluates items.find({…}).include(…) with $or, $and, $eq, $ne, $match and $nmatch: all that is sent here. Anything else
 * is the syntax error that Artifactory would report.
 */
export function evaluateAql(state: ArtifactoryState, query: string): Record<string, unknown>[] {
  if (query.length >= MAX_QUERY_LENGTH)
    throw new AqlError(`AQL query is too long; please reduce the query length to less than ${MAX_QUERY_LENGTH} chars`);
  const parts = /^\s*items\.find\((\{.*\})\)\.include\(((?:"[^"]*",?)+)\)\s*$/s.exec(query);
  if (parts === null) throw syntaxError(query);
  const condition = parse(Condition, parts[1], query);
  const included = parse(Included, `[${parts[2]}]`, query);
  const anyType = 'type' in condition;
  return state.items
    .filter(item => readable(state, item.repo))
    .filter(item => (anyType || item.type === 'file') && matches(state, item, condition, query))
    .map(item => toRow(item, included));
}

function parse<T extends z.ZodType>(schema: T, text: string | undefined, query: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch {
    throw syntaxError(query);
  }
}

const syntaxError = (query: string) =>
  new AqlError(
    `Failed to parse query: ${query}, it looks like there is syntax error near the following sub-query: ${query}`,
  );

export const readable = (state: ArtifactoryState, repo: string): boolean =>
  !state.repositories.some(
    known => known.forbidden && (known.key === repo || (known.rclass === 'remote' && `${known.key}-cache` === repo)),
  );

function matches(state: ArtifactoryState, item: StoredItem, condition: unknown, query: string): boolean {
  return Object.entries(parse(Condition, JSON.stringify(condition), query)).every(([key, wanted]) => {
    if (key === '$or' || key === '$and') {
      if (!Array.isArray(wanted)) throw syntaxError(query);
      const each = (part: unknown) => matches(state, item, part, query);
      return key === '$or' ? wanted.some(each) : wanted.every(each);
    }
    if (!FIELDS.includes(key)) throw syntaxError(query);
    return compare(valuesOf(state, item, key), wanted, query);
  });
}

/** A virtual repository is a legal value of `repo`; the answer names the physical one. */
function valuesOf(state: ArtifactoryState, item: StoredItem, field: string): string[] {
  if (field !== 'repo') return [String(item[field as keyof StoredItem] ?? '')];
  const members = state.repositories.filter(repo =>
    repo.repositories.some(member => member === item.repo || `${member}-cache` === item.repo),
  );
  return [item.repo, ...members.map(repo => repo.key)];
}

function compare(values: string[], wanted: unknown, query: string): boolean {
  if (typeof wanted === 'string') return values.includes(wanted);
  return Object.entries(parse(Condition, JSON.stringify(wanted), query)).every(([operator, operand]) => {
    if (typeof operand !== 'string') throw syntaxError(query);
    if (operator === '$eq') return values.includes(operand);
    if (operator === '$ne') return !values.includes(operand);
    if (operator === '$match') return values.some(value => wildcard(operand).test(value));
    if (operator === '$nmatch') return !values.some(value => wildcard(operand).test(value));
    throw syntaxError(query);
  });
}

const wildcard = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );

function toRow(item: StoredItem, included: string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const value = field === 'modified' ? item.created : item[field as keyof StoredItem];
    if (included.includes(field) && value !== undefined) row[field] = value;
  }
  const properties = Object.entries(item.properties).flatMap(([key, value]) =>
    [value].flat().map(one => ({ key, value: one })),
  );
  // An item without properties has no such key at all.
  if (included.includes('property') && properties.length > 0) row.properties = properties;
  return row;
}
