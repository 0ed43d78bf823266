type Schema = Record<string, unknown>;

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/**
 * A schema of a custom resource definition or of swagger as strict JSON Schema: objects take no unknown property, int-or-string takes
 * both, and what belongs to Kubernetes alone is dropped.
 */
export function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const { 'x-kubernetes-validations': _rules, 'x-kubernetes-group-version-kind': _gvk, ...schema } = value;
  if (schema['x-kubernetes-int-or-string'] === true) return { anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const inner: Schema = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'format')
      .map(([key, child]) => [key, closed(child)]),
  );
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  return isObject(schema.properties) && schema.type === 'object' && !open
    ? { ...inner, additionalProperties: false }
    : inner;
}
