import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { manifestsOf } from './manifest.ts';

/*
 * What neither the API server nor Argo Events checks: its custom resources have no schema, and a field at the wrong place
 * is ignored.
 */

const Parameter = z.strictObject({
  src: z.union([
    z.strictObject({ dependencyName: z.string(), dataKey: z.string(), value: z.string().optional() }),
    // A template that fails takes the default in silence: there has to be one.
    z.strictObject({ dependencyName: z.string(), dataTemplate: z.string(), value: z.string() }),
  ]),
  dest: z.string(),
});
const Trigger = z.looseObject({
  atLeastOnce: z.boolean().optional(),
  retryStrategy: z.strictObject({ steps: z.number(), duration: z.string(), factor: z.number(), jitter: z.number() }),
  template: z.strictObject({
    name: z.string(),
    k8s: z.strictObject({
      operation: z.string(),
      source: z.strictObject({ resource: z.looseObject({}) }),
      parameters: z.array(Parameter),
    }),
  }),
});
const Sensor = z.looseObject({
  spec: z.looseObject({
    eventBusName: z.string(),
    dependencies: z.array(z.strictObject({ name: z.string(), eventSourceName: z.string(), eventName: z.string() })),
    triggers: z.array(Trigger.extend({ dlqTrigger: Trigger })),
  }),
});
const EventSource = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    eventBusName: z.string(),
    webhook: z.record(
      z.string(),
      z.looseObject({
        port: z.string(),
        endpoint: z.string(),
        method: z.enum(['GET', 'POST']),
        maxPayloadSize: z.number(),
        authSecret: z.strictObject({ name: z.string(), key: z.string() }),
        serverCertSecret: z.unknown().optional(),
        serverKeySecret: z.unknown().optional(),
      }),
    ),
  }),
});

const documents = [...manifestsOf('sensors'), ...manifestsOf('event-sources')].map(({ document }) => document);
const sensors = documents.filter(({ kind }) => kind === 'Sensor').map(one => Sensor.parse(one));
const sources = documents.filter(({ kind }) => kind === 'EventSource').map(one => EventSource.parse(one));
const triggers = sensors.flatMap(({ spec }) =>
  spec.triggers.map(trigger => ({ name: trigger.template.name, trigger, spec })),
);

describe('Sensors', () => {
  it('listen to events that an EventSource on the same bus has', () => {
    for (const { spec } of sensors)
      for (const { eventSourceName, eventName } of spec.dependencies) {
        const source = sources.find(({ metadata }) => metadata.name === eventSourceName);
        expect(Object.keys(source?.spec.webhook ?? {})).toContain(eventName);
        expect(source?.spec.eventBusName).toBe(spec.eventBusName);
      }
  });

  it.each(triggers)('$name is delivered at least once, and so are its dead letters', ({ trigger }) => {
    expect(trigger.atLeastOnce).toBe(true);
    expect(trigger.dlqTrigger.atLeastOnce).toBe(true);
  });

  it.each(triggers)('$name holds up the next event for a few seconds at most', ({ trigger }) => {
    for (const { steps, duration, factor } of [trigger.retryStrategy, trigger.dlqTrigger.retryStrategy]) {
      const waits = Array.from({ length: steps - 1 }, (_, n) => Number.parseInt(duration, 10) * factor ** n);
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(10);
      // A bare number would be nanoseconds.
      expect(duration).toMatch(/^\d+s$/);
    }
  });

  it.each(triggers)('$name maps from declared dependencies to places that the resource holds', ({ trigger, spec }) => {
    for (const { template } of [trigger, trigger.dlqTrigger])
      for (const { src, dest } of template.k8s.parameters) {
        expect(spec.dependencies.map(({ name }) => name)).toContain(src.dependencyName);
        const parent = dest.split('.').slice(0, -1);
        const found = parent.reduce<unknown>(
          (at, key) => (at as Record<string, unknown>)?.[key],
          template.k8s.source.resource,
        );
        expect(found, dest).toBeTypeOf('object');
      }
  });

  it.each(triggers)('$name has a name without a default, and an event with one', ({ trigger }) => {
    const { parameters, operation } = trigger.template.k8s;
    expect(operation).toBe('patch');
    expect(parameters.find(({ dest }) => dest === 'metadata.name')?.src).toEqual({
      dependencyName: 'sync',
      dataKey: 'body.name',
    });
    expect(parameters.find(({ dest }) => dest === 'spec.arguments.parameters.0.value')?.src.value).toBe('');
  });

  it.each(triggers)('$name keeps the whole event in its dead letters', ({ trigger }) => {
    const { parameters, operation, source } = trigger.dlqTrigger.template.k8s;
    expect(operation).toBe('create');
    expect(source.resource.metadata).toMatchObject({ generateName: expect.any(String) });
    expect(parameters.map(({ src }) => 'dataKey' in src && src.dataKey)).toEqual(['@this']);
  });
});

describe('EventSources', () => {
  const routes = sources.flatMap(({ metadata, spec }) =>
    Object.entries(spec.webhook).map(([event, route]) => ({ event: `${metadata.name}/${event}`, route })),
  );

  it('have one event for each port and path: the first one registered would answer for both', () => {
    const places = routes.map(({ route }) => `${route.port}${route.endpoint}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it.each(routes)('$event asks for a token, and for both halves of a certificate or none', ({ route }) => {
    expect(route.authSecret.key).not.toBe('');
    expect(route.serverCertSecret === undefined).toBe(route.serverKeySecret === undefined);
  });

  it.each(routes)('$event takes no more than the bus does', ({ route }) => {
    // 1 MiB on the bus, where the body travels as base64 inside an envelope.
    expect((route.maxPayloadSize * 4) / 3).toBeLessThan(1024 * 1024 - 64 * 1024);
  });
});

describe('Argo CD notifications', () => {
  const text = readFileSync('event-sources/argocd/notifications-cm.yaml', 'utf8');
  const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(parse(text));
  const part = (key: string): unknown => parse(data[key] ?? '');

  it('are sent to the route of the EventSource, with its method', () => {
    const template = z
      .object({
        webhook: z.object({ aftersync: z.object({ method: z.string(), path: z.string(), body: z.string() }) }),
      })
      .parse(part('template.aftersync')).webhook.aftersync;
    const route = sources[0]?.spec.webhook.sync;
    expect(template).toMatchObject({ method: route?.method, path: route?.endpoint });
    const { url } = z.object({ url: z.string() }).parse(part('service.webhook.aftersync'));
    const service = manifestsOf('event-sources').find(({ document }) => document.kind === 'Service');
    expect(url).toBe(`http://${service?.document.metadata.name}:${route?.port}`);
  });

  it('are sent once for each operation, and again until they arrive', () => {
    const conditions = z
      .array(z.strictObject({ when: z.string(), oncePer: z.string().optional(), send: z.array(z.string()) }))
      .parse(part('trigger.aftersync'));
    expect(conditions.map(({ oncePer }) => oncePer)).toEqual(['app.status?.operationState?.startedAt', undefined]);
    expect(new Set(conditions.map(({ when }) => when)).size).toBe(1);
  });

  it('hold nothing between quotes that an Application could end', () => {
    expect(data['template.aftersync']).not.toMatch(/"\{\{|\}\}"/);
  });
});
