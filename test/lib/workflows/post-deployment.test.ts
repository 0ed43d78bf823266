import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { encodeEvent, workflowOf } from '../../../lib/workflows/post-deployment.ts';

const Sensor = z.object({
  spec: z.object({
    triggers: z.tuple([
      z.object({
        template: z.object({
          k8s: z.object({
            source: z.object({ resource: z.record(z.string(), z.unknown()) }),
            parameters: z.array(z.object({ src: z.object({ dataKey: z.string() }), dest: z.string() })),
          }),
        }),
      }),
    ]),
  }),
});
const [trigger] = Sensor.parse(parse(readFileSync('sensors/argocd-sync.yaml', 'utf8'))).spec.triggers;
const { source, parameters } = trigger.template.k8s;

/** The resource of the Sensor, with the two values where its parameters write them. */
function asTheSensorMakesIt(name: string, event: string): unknown {
  const values: Record<string, string> = { 'body.name': name, 'body.event': event };
  const resource = structuredClone(source.resource);
  for (const { src, dest } of parameters) {
    const path = dest.split('.');
    const last = path.pop() ?? '';
    const holder = path.reduce<Record<string, unknown>>((at, key) => {
      at[key] ??= {};
      return at[key] as Record<string, unknown>;
    }, resource);
    holder[last] = values[src.dataKey];
  }
  return resource;
}

test('is what the Sensor makes of the same event, to the last field', () => {
  expect(workflowOf({ name: 'shop-0123456789abcdef', event: 'e30=' })).toEqual(
    asTheSensorMakesIt('shop-0123456789abcdef', 'e30='),
  );
});

test('runs the template that the installation has chosen', () => {
  const { spec } = workflowOf({ name: 'shop-1', event: '', template: 'post-deployment-compact' });
  expect(spec.workflowTemplateRef).toEqual({ name: 'post-deployment-compact', clusterScope: true });
});

test('an event is base64 of JSON, also beyond ASCII', () => {
  const envelope = { schema: 'aftersync.event/v1', message: 'größer {{x}}' };
  expect(JSON.parse(Buffer.from(encodeEvent(envelope), 'base64').toString('utf8'))).toEqual(envelope);
});
