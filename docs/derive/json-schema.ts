import * as z from 'zod';
import { type DocumentedContract, SHARED_SHAPES } from './contracts.ts';

/** The part of JSON Schema (draft 2020-12) that zod writes for our contracts. */
export interface JsonSchema {
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  /** Link to where the shape is documented, when not here. Only in the schema that the pages are made from. */
  seePage?: string;
}

/** The JSON Schema of a contract, for other programs. */
export function publishedSchema({ schema, io, name }: DocumentedContract): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return { $schema, title: name, ...rest };
}

/** The same for its page: a shape that another page documents is a link. */
export function documentedSchema({ schema, io, slug }: DocumentedContract): JsonSchema {
  const links = new Map<unknown, string>();
  for (const shape of SHARED_SHAPES) if (shape.slug !== slug) links.set(shape.schema, shape.link);
  return z.toJSONSchema(schema, {
    io,
    override({ zodSchema, jsonSchema }) {
      const seePage = links.get(zodSchema);
      if (seePage === undefined) return;
      const { description } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, { type: 'object', description, seePage });
    },
  }) as JsonSchema;
}
