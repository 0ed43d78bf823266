import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { closed } from './closed-schema.ts';
import { type ManifestFile, manifestsOf } from './manifest.ts';

const WORKFLOWS = process.env.AFTERSYNC_ARGO_WORKFLOWS ?? '';
const EVENTS = process.env.AFTERSYNC_ARGO_EVENTS ?? '';

const ajv = () => new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const problems = (validate: ValidateFunction, document: unknown) =>
  validate(document)
    ? []
    : (validate.errors ?? []).map(error => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);

const Crd = z.object({
  spec: z.object({ versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.looseObject({}) }) })).min(1) }),
});

function workflowSchema(plural: string): ValidateFunction {
  const file = join(WORKFLOWS, 'manifests/base/crds/full', `argoproj.io_${plural}.yaml`);
  const [version] = Crd.parse(parse(readFileSync(file, 'utf8'))).spec.versions;
  const { properties, ...schema } = version?.schema.openAPIV3Schema ?? {};
  // The API server checks metadata, the definition does not describe it; nobody writes a status.
  return ajv().compile(
    closed({ ...schema, properties: { ...(properties as object), metadata: {}, status: false } }) as object,
  );
}

function eventsSchema(kind: string): ValidateFunction {
  const file = join(EVENTS, 'api/jsonschema/schema.json');
  const { definitions } = z
    .looseObject({ definitions: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  const root = `io.argoproj.events.v1alpha1.${kind}`;
  return ajv().compile({ $ref: `#/definitions/${root}`, definitions: closed(withIntOrString(definitions)) as object });
}

/** The published schema takes text alone where Argo Events takes a number as well. */
function withIntOrString(definitions: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(definitions).filter(name => /IntOrString|Int64OrString|Amount$/.test(name));
  const both = { anyOf: [{ type: 'number' }, { type: 'string' }] };
  return { ...definitions, ...Object.fromEntries(names.map(name => [name, both])) };
}

const templates = manifestsOf('workflow-templates');
const byKind = (files: ManifestFile[], kind: string) => files.filter(file => file.document.kind === kind);

describe.skipIf(WORKFLOWS === '')(
  'Argo Workflows schema (needs AFTERSYNC_ARGO_WORKFLOWS, the directory of its Go module)',
  () => {
    const validate = WORKFLOWS === '' ? undefined : workflowSchema('clusterworkflowtemplates');

    it.each(templates)('$path holds no field that Argo does not know', ({ document }) => {
      expect(validate && problems(validate, document)).toEqual([]);
    });

    it('would notice a misspelt field', () => {
      const text = readFileSync('workflow-templates/conclude.yaml', 'utf8').replace(
        'retryStrategy:',
        'retryStrategie:',
      );
      expect(validate && problems(validate, parse(text))).toHaveLength(1);
    });

    it('takes the Workflow that the Sensor creates', () => {
      const workflow = workflowSchema('workflows');
      const sensor = z
        .object({ spec: z.object({ triggers: z.array(z.any()) }) })
        .parse(byKind(manifestsOf('sensors'), 'Sensor')[0]?.document);
      expect(problems(workflow, sensor.spec.triggers[0].template.k8s.source.resource)).toEqual([]);
    });
  },
);

describe.skipIf(EVENTS === '')(
  'Argo Events schema (needs AFTERSYNC_ARGO_EVENTS, the directory of its Go module)',
  () => {
    it.each([...byKind(manifestsOf('sensors'), 'Sensor'), ...byKind(manifestsOf('event-sources'), 'EventSource')])(
      '$path holds no field that Argo does not know',
      ({ document }) => {
        expect(problems(eventsSchema(document.kind), document)).toEqual([]);
      },
    );

    it('would notice atLeastOnce at the wrong place', () => {
      const text = readFileSync('sensors/argocd-sync.yaml', 'utf8');
      const moved = text.replace(
        'template:\n        name: post-deployment',
        'template:\n        atLeastOnce: true\n        name: post-deployment',
      );
      expect(moved).not.toBe(text);
      expect(problems(eventsSchema('Sensor'), parse(moved))).toHaveLength(1);
    });
  },
);
