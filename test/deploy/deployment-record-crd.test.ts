import { expect, test } from 'vitest';
import { deploymentRecordCrd } from '../../deploy/deployment-record-crd.ts';
import { deploymentRecordPartCrd } from '../../deploy/deployment-record-part-crd.ts';

const structuralProblems = (schema: unknown, path = 'schema'): string[] => {
  if (Array.isArray(schema)) return schema.flatMap((part, at) => structuralProblems(part, `${path}[${at}]`));
  if (typeof schema !== 'object' || schema === null) return [];
  const own = ['anyOf', 'oneOf', 'allOf', 'const', '$ref', 'propertyNames', 'prefixItems'].filter(key => key in schema);
  const closed = (schema as { additionalProperties?: unknown }).additionalProperties === false ? ['closed'] : [];
  return [
    ...[...own, ...closed].map(problem => `${path}: ${problem}`),
    ...Object.entries(schema).flatMap(([key, part]) => structuralProblems(part, `${path}.${key}`)),
  ];
};

test.each([deploymentRecordCrd(), deploymentRecordPartCrd()])(
  'the schema of $spec.names.kind has the form that the API server wants',
  ({ spec }) => {
    expect(structuralProblems(spec.versions[0]?.schema)).toEqual([]);
  },
);
