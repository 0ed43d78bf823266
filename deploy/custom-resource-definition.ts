import { stringify } from 'yaml';
import type * as z from 'zod';
import type { ValidationRule } from './chain-rules.ts';
import { structural } from './structural-schema.ts';

/** A column of `kubectl get`; one with a priority is in the wide output only. */
interface Column {
  name: string;
  type: 'string' | 'integer' | 'date';
  priority?: number;
  jsonPath: string;
}

interface Half {
  schema: z.ZodType;
  description: string;
}

interface ResourceType {
  kind: string;
  shortName: string;
  description: string;
  /** Before AGE, which each has. */
  columns: readonly Column[];
  /** Rules of the whole object. */
  rules?: readonly ValidationRule[];
  /** Never changes; `fixed` says so to whoever tries. */
  spec: Half & { fixed: string };
  status: Half;
}

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** A resource type of aftersync.dev, namespaced and with a status of its own. */
export function customResourceDefinition({ kind, shortName, description, columns, rules, spec, status }: ResourceType) {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.aftersync.dev` },
    spec: {
      group: 'aftersync.dev',
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ['aftersync'] },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [...columns, AGE],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required: ['spec'],
              ...(rules && { 'x-kubernetes-validations': rules }),
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: {
                  ...structural(spec.schema),
                  description: spec.description,
                  'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: spec.fixed }],
                },
                status: { ...structural(status.schema), description: status.description },
              },
            },
          },
        },
      ],
    },
  };
}

/** The file of a resource type. @param contract name of the file in lib/contracts that it is derived from */
export const crdFile = (contract: string, definition: object): string =>
  `# Derived from lib/contracts/${contract}.ts by npm run derive; not edited by hand.\n${stringify(definition, { aliasDuplicateObjects: false, lineWidth: 120 })}`;
