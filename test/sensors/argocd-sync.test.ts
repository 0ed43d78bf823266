import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { lockOf, UNNAMED_LOCK } from '../../lib/events/lock.ts';
import { Sensor } from '../../local/sensor/manifest.ts';
import { toWorkflow } from '../../local/sensor/to-workflow.ts';
import { eventOf } from '../steps/fetch-app/event-of.ts';
import { applyParameters, PROGRAM } from './argo-events.ts';

const document = parse(readFileSync('sensors/argocd-sync.yaml', 'utf8'));
const sensor = Sensor.parse(document);

/** What the EventSource handed to the Sensor of a cluster; the body is one that Argo CD sends. */
const captured: { header: Record<string, string[]>; body: { name: string; event: string } } = JSON.parse(
  readFileSync('test/fixtures/events/webhook-of-a-sync.json', 'utf8'),
);
const withBody = (body: unknown) => ({ ...captured, body });
const workflow = (name: string, event: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'aftersync' } },
  spec: {
    workflowTemplateRef: { name: 'post-deployment', clusterScope: true },
    arguments: {
      parameters: [
        { name: 'event', value: event },
        { name: 'lock', value: lockOf(event) },
      ],
    },
  },
});
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

const TAGS = '{{=1+1}} {{workflow.name}} {{inputs.parameters.event}}';
const application = parse(
  readFileSync('test/fixtures/applications/sync-succeeded-multi-source-chart-second.yaml', 'utf8'),
);

/** Every text of a document replaced, keys as well. */
const hostile = (value: unknown): unknown => {
  if (typeof value === 'string') return TAGS;
  if (Array.isArray(value)) return value.map(hostile);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hostile(inner)]));
};
const hostileEvent = base64(hostile(eventOf(application)));

/** Bodies that become a Workflow, and the name and the event of it. */
const ACCEPTED: Record<string, [body: unknown, name: string, event: string]> = {
  'the captured event': [captured.body, captured.body.name, captured.body.event],
  'without event, which fails visibly in the first step': [{ name: 'shop-1' }, 'shop-1', ''],
  'tags in every text of the event, which are base64 here': [
    { name: 'shop-1', event: hostileEvent },
    'shop-1',
    hostileEvent,
  ],
  'an event that is no text': [{ name: 'shop-1', event: { a: [1, '<'] } }, 'shop-1', ''],
  'an event that is null': [{ name: 'shop-1', event: null }, 'shop-1', ''],
  'a tag, which Argo would evaluate': [{ name: 'shop-1', event: TAGS }, 'shop-1', ''],
  'an expression, which Argo would evaluate': [
    { name: 'shop-1', event: "{{=sprig.repeat(20000000,'abcdefghij')}}" },
    'shop-1',
    '',
  ],
  'base64, and a tag on its own line': [{ name: 'shop-1', event: `e30=\n${TAGS}` }, 'shop-1', ''],
  'JSON that is not encoded': [{ name: 'shop-1', event: '{"message":"{{=7*6}}"}' }, 'shop-1', ''],
  'a number as a name': [{ name: 12, event: 'e30=' }, '12', 'e30='],
  'keys that look like destinations': [
    { name: 'shop-1', event: 'e30=', metadata: { name: 'other', namespace: 'kube-system' }, spec: { entrypoint: 'x' } },
    'shop-1',
    'e30=',
  ],
  'a prototype': [JSON.parse('{"__proto__": {"name": "x"}, "name": "shop-1", "event": "e30="}'), 'shop-1', 'e30='],
};

/** Bodies without a name: Argo Events itself hands them to the dead letters. */
const NAMELESS: Record<string, unknown> = {
  'no name': { event: 'e30=' },
  'an empty object': {},
  null: null,
  'a text': 'name',
  'a number': 12,
  'a list': [{ name: 'shop-1' }],
  'a name in another place': { data: { name: 'shop-1' } },
};

/** Names that Kubernetes refuses: the trigger fails, and the event goes to the dead letters as well. */
const UNACCEPTABLE: Record<string, unknown> = {
  tags: TAGS,
  'an expression': '{{=sprig.env("PATH")}}',
  'a path': '../../etc',
  capitals: 'Shop',
  nothing: '',
  'an object': { a: 1 },
  '254 characters': 'a'.repeat(254),
};

describe('the Sensor argocd-sync', () => {
  it.each(Object.entries(ACCEPTED))('makes a Workflow: %s', (_, [body, name, event]) => {
    const { spec, ...rest } = toWorkflow(sensor, withBody(body));
    // The reading adds an empty list.
    const { artifacts, ...given } = spec.arguments;
    expect(artifacts).toEqual([]);
    expect({ ...rest, spec: { ...spec, arguments: given } }).toEqual(workflow(name, event));
  });

  it('lets no tag through', () => {
    const made = JSON.stringify(toWorkflow(sensor, withBody({ name: 'shop-1', event: hostileEvent, other: TAGS })));
    expect(made).not.toContain('{{');
  });

  it.each(Object.entries(ACCEPTED))('locks the Application, with a name that nobody chooses: %s', (title, [body]) => {
    const [, lock] = toWorkflow(sensor, withBody(body)).spec.arguments.parameters;
    expect(lock?.value).toMatch(/^aftersync-([0-9a-f]{16}|unnamed)$/);
    const names = title === 'the captured event' || title.startsWith('tags');
    expect(lock?.value === UNNAMED_LOCK).toBe(!names);
  });

  it.each(Object.entries(NAMELESS))('makes none: %s', (_, body) => {
    expect(() => toWorkflow(sensor, withBody(body))).toThrow(/Event makes no Workflow: .*body\.name/);
  });

  it.each(Object.entries(UNACCEPTABLE))('makes none of a name that Kubernetes refuses: %s', (_, name) => {
    expect(() => toWorkflow(sensor, withBody({ name, event: 'e30=' }))).toThrow(/metadata\.name/);
  });
});

const Trigger = z.object({
  template: z.object({
    k8s: z.object({
      source: z.object({ resource: z.record(z.string(), z.unknown()) }),
      parameters: z.array(z.unknown()),
    }),
  }),
});
const trigger = Trigger.extend({ dlqTrigger: Trigger }).parse(document.spec.triggers[0]);
const made = ({ template: { k8s } }: z.infer<typeof Trigger>, body: unknown) =>
  applyParameters({ event: withBody(body), parameters: k8s.parameters, resource: k8s.source.resource });

describe.skipIf(PROGRAM === '')(
  'Argo Events does the same (needs AFTERSYNC_ARGO_EVENTS_PARAMETERS, built by test/sensors/build)',
  () => {
    it.each(Object.entries(ACCEPTED))('%s', async (_, [body, name, event]) => {
      expect(await made(trigger, body)).toEqual({ resource: workflow(name, event) });
    });

    it.each(Object.entries(NAMELESS))('%s', async (_, body) => {
      expect(await made(trigger, body)).toEqual({
        refusal: expect.stringMatching(/unable to resolve 'sync' parameter value/),
      });
    });

    it.each(Object.entries(UNACCEPTABLE))('a name that Kubernetes refuses: %s', async (_, name) => {
      const { resource } = (await made(trigger, { name, event: 'e30=' })) as {
        resource: { metadata: { name: string } };
      };
      expect(resource.metadata.name).toBe(typeof name === 'string' ? name : JSON.stringify(name));
    });

    it.each(Object.entries({ ...NAMELESS, ...UNACCEPTABLE }))(
      'keeps the whole event in the dead letters: %s',
      async (_, body) => {
        const { resource } = (await made(trigger.dlqTrigger, body)) as { resource: { data: { event: string } } };
        expect(JSON.parse(resource.data.event)).toEqual(withBody(body));
      },
    );
  },
);
