import type { JsonSchema } from './json-schema.ts';

/** One line of a reference table. */
export interface Field {
  /** Dots between names, [] for the entries of a list, <key> for those of a map. */
  path: string;
  type: string;
  required: boolean;
  /** undefined where there is none. */
  default: unknown;
  description: string;
}

/** Every field of a schema, parents before children, in the order of the contract. */
export function fieldsOf(schema: JsonSchema, prefix = ''): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix + name;
    const field: Field = {
      path,
      type: typeOf(property),
      required: schema.required?.includes(name) ?? false,
      default: property.default,
      description: descriptionOf(property),
    };
    return [field, ...childrenOf(property, path)];
  });
}

function childrenOf(schema: JsonSchema, path: string): Field[] {
  const shape = withoutNull(schema);
  if (shape.seePage !== undefined) return [];
  if (shape.properties) return fieldsOf(shape, `${path}.`);
  if (shape.items) return childrenOf(shape.items, `${path}[]`);
  if (typeof shape.additionalProperties === 'object') return childrenOf(shape.additionalProperties, `${path}.<key>`);
  return [];
}

/** A description stands on the field, or on what the list, map or nullable holds. */
function descriptionOf(schema: JsonSchema): string {
  const own = schema.description ?? '';
  const shape = withoutNull(schema);
  const { items, additionalProperties: values } = shape;
  const inner = items ?? (typeof values === 'object' ? values : shape === schema ? undefined : shape);
  const text = own || (inner ? descriptionOf(inner) : '');
  const page = (inner ?? shape).seePage;
  return page === undefined ? text : `${text} Fields: ${page}.`.trim();
}

/** The type as a reader names it: `string or null`, `list of Digest`, `"a" | "b"`. */
function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`;
  const names = [schema.type ?? 'any'].flat().join(' or ');
  return names + rangeOf(schema);
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const bounds = [
    exclusiveMinimum === undefined ? null : `above ${exclusiveMinimum}`,
    minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? null : `at least ${minimum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? null : `at most ${maximum}`,
  ].filter(bound => bound !== null);
  return bounds.length === 0 ? '' : `, ${bounds.join(' and ')}`;
}

const withoutNull = (schema: JsonSchema): JsonSchema => schema.anyOf?.find(option => option.type !== 'null') ?? schema;
