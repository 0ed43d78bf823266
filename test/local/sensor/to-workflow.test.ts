import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Sensor } from '../../../local/sensor/manifest.ts';
import { toWorkflow } from '../../../local/sensor/to-workflow.ts';

const deployed = () => Sensor.parse(parse(readFileSync('sensors/argocd-sync.yaml', 'utf8')));
const withParameter = (parameter: object) => {
  const sensor = deployed();
  const trigger = sensor.spec.triggers[0];
  return Sensor.parse({
    ...sensor,
    spec: {
      ...sensor.spec,
      triggers: [
        {
          ...trigger,
          template: {
            ...trigger?.template,
            k8s: {
              ...trigger?.template.k8s,
              parameters: [...(trigger?.template.k8s?.parameters ?? []), parameter],
            },
          },
        },
      ],
    },
  });
};
const src = (dataKey: string, rest: object = {}) => ({ dependencyName: 'sync', dataKey, ...rest });

describe('toWorkflow', () => {
  it('names the Workflow and hands the event on', () => {
    const workflow = toWorkflow(deployed(), { body: { name: 'shop-0123456789abcdef', event: 'e30=' } });
    expect(workflow.metadata.name).toBe('shop-0123456789abcdef');
    expect(workflow.spec.workflowTemplateRef.name).toBe('post-deployment');
    expect(workflow.spec.arguments.parameters).toEqual([
      { name: 'event', value: 'e30=' },
      { name: 'lock', value: 'aftersync-unnamed' },
    ]);
  });

  it('takes an event without content, which fails visibly in its first step', () => {
    const workflow = toWorkflow(deployed(), { body: { name: 'shop-1' } });
    expect(workflow.spec.arguments.parameters[0]).toEqual({ name: 'event', value: '' });
  });

  it.each([
    [{ event: 'e30=' }, /Event makes no Workflow: .*no body\.name in the event; .*dead letters/],
    [null, /Event makes no Workflow: .*body\.name/],
    ['text', /Event makes no Workflow: .*body\.name/],
    [{ name: '../../etc', event: '' }, /metadata\.name: not a Kubernetes object name/],
    [{ name: '{{workflow.name}}', event: '' }, /metadata\.name/],
    [{ name: { a: 1 }, event: '' }, /metadata\.name/],
  ])('refuses %j', (body, message) => {
    expect(() => toWorkflow(deployed(), { body })).toThrow(message);
  });

  it('makes JSON text of a value that is none, and the text null of null', () => {
    const sensor = withParameter({ src: src('body.value'), dest: 'spec.arguments.parameters.0.value' });
    const object = toWorkflow(sensor, { body: { name: 'shop-1', value: { n: 12 } } });
    expect(object.spec.arguments.parameters[0]?.value).toBe('{"n":12}');
    const nothing = toWorkflow(sensor, { body: { name: 'shop-1', value: null } });
    expect(nothing.spec.arguments.parameters[0]?.value).toBe('null');
  });

  it('understands an escaped dot', () => {
    const sensor = withParameter({ src: src('body.data.a\\.b'), dest: 'metadata.labels.example\\.com/x' });
    const workflow = toWorkflow(sensor, { body: { name: 'shop-1', data: { 'a.b': 'found' } } });
    expect(workflow.metadata.labels).toMatchObject({ 'example.com/x': 'found' });
  });

  it('refuses a destination that the resource does not hold: Argo Events fills it up with null', () => {
    const sensor = withParameter({ src: src('body.name'), dest: 'spec.arguments.parameters.7.value' });
    expect(() => toWorkflow(sensor, { body: { name: 'shop-1' } })).toThrow(/parameters\[2\]: .* received null/);
  });

  it('refuses a dependency that the Sensor does not declare', () => {
    const sensor = withParameter({ src: { ...src('body.name'), dependencyName: 'other' }, dest: 'metadata.x' });
    expect(() => toWorkflow(sensor, { body: { name: 'shop-1' } })).toThrow(/No such dependency: .*other/);
  });
});
