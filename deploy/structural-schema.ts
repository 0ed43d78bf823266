import * as z from 'zod';

/** A structural schema, as Kubernetes wants it: closed objects are said by leaving fields out, keys have no schema. */
export function structural(schema: z.ZodType): object {
  const { $schema: _, ...openApi } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      delete jsonSchema.propertyNames;
      // Limits of JavaScript's integers, not of the field.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.type === 'integer') jsonSchema.format = 'int64';
      // The API server (1.34) refuses null for an enumeration, nullable or not, and even where the enumeration holds null.
      if (jsonSchema.nullable) delete jsonSchema.enum;
    },
  });
  return openApi;
}
