import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { encodeEvent, workflowOf } from '../../../lib/workflows/post-deployment.ts';
import { readEvent } from '../../../local/sensor/event.ts';
import { Sensor } from '../../../local/sensor/manifest.ts';
import { renderSensor } from '../../../local/sensor/render.ts';

const sensor = Sensor.parse(parse(readFileSync('sensors/argocd-sync.yaml', 'utf8')));
const asTheSensorMakesIt = (name: string, event: string): unknown =>
  renderSensor(sensor, readEvent(JSON.stringify({ body: { name, event } }), 'event'))[0];

test.each([
  ['of an Application', encodeEvent({ instance: 'default', data: { uid: '0a8f2c6e-5d0c-4f4e-9a55-3d2b1c0e9f77' } })],
  ['of nothing', 'e30='],
  ['that is empty', ''],
])('is what the Sensor makes of the same event, to the last field: an event %s', (_, event) => {
  expect(asTheSensorMakesIt('shop-0123456789abcdef', event)).toEqual({
    trigger: 'post-deployment',
    notes: expect.any(Array),
    resource: workflowOf({ name: 'shop-0123456789abcdef', event }),
  });
});

test('runs the template that the installation has chosen', () => {
  const { spec } = workflowOf({ name: 'shop-1', event: '', template: 'post-deployment-compact' });
  expect(spec.workflowTemplateRef).toEqual({ name: 'post-deployment-compact', clusterScope: true });
});

test('an event is base64 of JSON, also beyond ASCII', () => {
  const envelope = { schema: 'aftersync.event/v1', message: 'größer {{x}}' };
  expect(JSON.parse(Buffer.from(encodeEvent(envelope), 'base64').toString('utf8'))).toEqual(envelope);
});
