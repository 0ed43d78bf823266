import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { main } from '../../../local/sensor/cli.ts';
import { workspace } from '../../support/run-step.ts';

const OURS = 'sensors/argocd-sync.yaml';
const EVENT = 'test/fixtures/events/webhook-of-a-sync.json';
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const dependency = (name: string) => ({ name, eventSourceName: 'source', eventName: name });
const parameter = (dataKey: string, dest: string, rest: object = {}) => ({
  src: { dependencyName: 'push', dataKey, ...rest },
  dest,
});
const trigger = (name: string, rest: object = {}, parameters: object[] = [], around: object = {}) => ({
  template: { name, k8s: { operation: 'create', source: { resource: configMap(name) }, parameters }, ...rest },
  ...around,
});
const sensor = (triggers: object[], dependencies = [dependency('push')], spec: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Sensor',
  metadata: { name: 'their-own' },
  spec: { dependencies, triggers, ...spec },
});

let stdout = '';
let stderr = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    stderr += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

/** Renders a Sensor on an event. @returns exit code and resources */
async function render(document: object, event: unknown = { body: { name: 'shop' } }, ...flags: string[]) {
  const space = await workspace({ sensor: stringify(document), event: JSON.stringify(event) });
  const code = await main(['--sensor', space.path('sensor'), '--event', space.path('event'), ...flags]);
  const resources = parseAllDocuments(stdout)
    .map(made => made.toJS() as unknown)
    .filter(made => made !== null);
  return { code, resources };
}

describe('render', () => {
  it('shows the Workflow of a captured event, as YAML', async () => {
    expect(await main(['--sensor', OURS, '--event', EVENT])).toBe(0);
    expect(stdout).toMatch(/^---\n# post-deployment\napiVersion: argoproj.io\/v1alpha1\nkind: Workflow\n/);
    const { body } = JSON.parse(await readFile(EVENT, 'utf8'));
    expect(parse(stdout)).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'web-ae1d668660348386', labels: { 'app.kubernetes.io/part-of': 'aftersync' } },
      spec: {
        workflowTemplateRef: { name: 'post-deployment', clusterScope: true },
        arguments: {
          parameters: [
            { name: 'event', value: body.event },
            { name: 'lock', value: 'aftersync-4190c27aa0dacb21' },
          ],
        },
      },
    });
  });

  it('and as a List of JSON', async () => {
    expect(await main(['--sensor', OURS, '--event', EVENT, '-o', 'json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'web-ae1d668660348386' } }] });
  });

  it('and as a name', async () => {
    expect(await main(['--sensor', OURS, '--event', EVENT, '-o', 'name'])).toBe(0);
    expect(stdout).toBe('workflow/web-ae1d668660348386\n');
  });

  it('exits 1 with what goes to the dead letters', async () => {
    const space = await workspace({ event: { header: {}, body: { event: 'e30=' } } });
    expect(await main(['--sensor', OURS, '--event', space.path('event')])).toBe(1);
    expect(stdout).toContain('# post-deployment, dead letter\n');
    expect(parse(stdout)).toMatchObject({ kind: 'ConfigMap', metadata: { generateName: 'aftersync-dead-letter-' } });
    expect(JSON.parse(parse(stdout).data.event)).toEqual({ header: {}, body: { event: 'e30=' } });
    expect(stderr).toMatch(
      /^render: Event goes to the dead letters: post-deployment: unable to resolve 'sync' .*body\.name/m,
    );
  });

  it('exits 1 where nothing keeps the event, and shows the other triggers', async () => {
    const { code, resources } = await render(
      sensor([trigger('lost', {}, [parameter('body.nope', 'data.x')]), trigger('made')]),
    );
    expect({ code, resources }).toEqual({ code: 1, resources: [configMap('made')] });
    expect(stderr).toMatch(/lost: unable to resolve 'push'.*; a trigger without a dlqTrigger that works loses it/);
  });

  it('says where a default was taken because a template failed', async () => {
    const parameters = [
      { src: { dependencyName: 'push', dataTemplate: '{{ .Input.body.nope }}', value: 'd' }, dest: 'data.x' },
    ];
    expect((await render(sensor([trigger('made', {}, parameters)]))).resources).toEqual([
      { ...configMap('made'), data: { x: 'd' } },
    ]);
    expect(stderr).toMatch(/^render: made: data\.x: template failed, default taken: /);
  });

  it('takes argoWorkflow triggers, and the context of a whole event', async () => {
    const workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { generateName: 'a-' } };
    const parameters = [
      { src: { dependencyName: 'push', contextKey: 'subject' }, dest: 'metadata.labels.subject' },
      { src: { dependencyName: 'push', contextTemplate: '{{ .Input.id | upper }}' }, dest: 'metadata.labels.id' },
      parameter('body.name', 'metadata.generateName', {}),
    ];
    const document = sensor([
      { template: { name: 'run', argoWorkflow: { operation: 'submit', source: { resource: workflow }, parameters } } },
    ]);
    const data = Buffer.from(JSON.stringify({ body: { name: 'shop-' } })).toString('base64');
    const { code, resources } = await render(document, { context: { id: 'a1', subject: 'pushed' }, data });
    expect(code).toBe(0);
    expect(resources).toEqual([
      { ...workflow, metadata: { generateName: 'shop-', labels: { subject: 'pushed', id: 'A1' } } },
    ]);
  });

  it('runs the triggers that the dependency of the event is enough for', async () => {
    const document = sensor(
      [
        trigger('either', { conditions: 'push || tag' }),
        trigger('tag', { conditions: 'tag' }),
        trigger('push', { conditions: 'push' }),
      ],
      [dependency('push'), dependency('tag')],
    );
    const { resources } = await render(document, { body: {} }, '--dependency', 'tag');
    expect(resources).toEqual([configMap('either'), configMap('tag')]);
  });

  it.each<[string, object, string[], RegExp]>([
    [
      'several dependencies',
      sensor([trigger('a', { conditions: 'a' })], [dependency('a'), dependency('b')]),
      [],
      /Which dependency\?.*one of a, b/,
    ],
    ['a dependency it has not', sensor([trigger('a')]), ['--dependency', 'b'], /No such dependency: .*b; it has push/],
    [
      'a parameter of no dependency',
      sensor([trigger('a', {}, [{ src: { dependencyName: 'x', dataKey: 'a' }, dest: 'b' }])]),
      [],
      /No such dependency: .*b: x/,
    ],
    [
      'conditions of two',
      sensor([trigger('a', { conditions: 'a && b' })], [dependency('a'), dependency('b')]),
      ['--dependency', 'a'],
      /Conditions are not supported: .*a && b/,
    ],
    [
      'no conditions for two',
      sensor([trigger('a')], [dependency('a'), dependency('b')]),
      ['--dependency', 'a'],
      /Conditions are not supported: .*a && b/,
    ],
    [
      'a filter',
      sensor([trigger('a')], [{ ...dependency('push'), filters: {} } as never]),
      [],
      /Unrecognized key: "filters"/,
    ],
    [
      'a transform',
      sensor([trigger('a')], [{ ...dependency('push'), transform: {} } as never]),
      [],
      /Unrecognized key: "transform"/,
    ],
    ['another kind of trigger', sensor([{ template: { name: 'a', http: {} } }]), [], /Unrecognized key: "http"/],
    [
      'parameters of the trigger itself',
      sensor([{ ...trigger('a'), parameters: [] }]),
      [],
      /Unrecognized key: "parameters"/,
    ],
    [
      'a live object',
      sensor([{ template: { name: 'a', k8s: { source: { resource: {} }, liveObject: true } } }]),
      [],
      /liveObject/,
    ],
    [
      'a resource from elsewhere',
      sensor([{ template: { name: 'a', k8s: { source: { git: {} } } } }]),
      [],
      /source\.resource/,
    ],
    [
      'another operation',
      sensor([trigger('a', {}, [{ ...parameter('body', 'x'), operation: 'merge' }])]),
      [],
      /operation/,
    ],
    ['no Sensor', configMap('a'), [], /Not one Sensor: .* 0/],
  ])('refuses %s by name', async (_, document, flags, message) => {
    expect((await render(document, undefined, ...flags)).code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('refuses an event that is not JSON', async () => {
    const space = await workspace({ event: '{' });
    expect(await main(['--sensor', OURS, '--event', space.path('event')])).toBe(2);
    expect(stderr).toMatch(/Not JSON: --event=.*/);
  });
});
