import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { operationId, parseEvent } from '../../../lib/events/parse-event.ts';
import { eventOf } from '../../steps/fetch-app/event-of.ts';
import { applicationFixture } from '../../steps/fetch-app/fixture.ts';

const event = eventOf(await applicationFixture('sync-succeeded-single-source'));
const json = JSON.stringify(event);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const withData = (data: object) => JSON.stringify({ ...event, data: { ...event.data, ...data } });

describe('parseEvent', () => {
  it.each([
    ['JSON', json],
    ['JSON with a byte order mark and blank lines', `\uFEFF\n${json}\n`],
    ['base64', base64(json)],
    ['base64 in lines', base64(json).replace(/.{76}/g, '$&\n')],
    ['base64 without padding', base64(`${json}  `.slice(0, json.length + 1)).replace(/=+$/, '')],
    ['keys that this version does not know', JSON.stringify({ ...event, new: 1, data: { ...event.data, newer: {} } })],
    ['an escaped backslash before u0000', withData({ message: 'a literal \\u0000 in a message' })],
  ])('reads %s', (_, text) => {
    expect(parseEvent(text, '--event')).toMatchObject({ id: event.id, data: { application: 'web' } });
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /Neither JSON nor base64: --event;/],
    ['text', 'not an event', /Neither JSON nor base64/],
    ['an array', '[]', /Neither JSON nor base64/],
    ['JSON that is cut', json.slice(0, -5), /Not JSON: --event;/],
    ['base64 that is cut', base64(json).slice(0, -41), /Not JSON|Neither/],
    ['base64 of something else', base64('hello, world'), /Not JSON/],
    [
      'base64 with a stray character',
      `${base64(json).slice(0, 99)}*${base64(json).slice(99)}`,
      /Neither JSON nor base64/,
    ],
    ['base64 of what is no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('base64'), /Not UTF-8/],
    ['5 MB of JSON', withData({ message: 'x'.repeat(5_000_000) }), /too large: --event, 5\d{6} bytes/],
    ['1.2 MB in base64', base64(withData({ message: 'x'.repeat(1_200_000) })), /too large: --event, 12\d{5} bytes/],
    ['endless nesting', `{"data":${'['.repeat(900_000)}`, /Not JSON/],
    ['deep nesting', `{"data":${'['.repeat(9_000)}${']'.repeat(9_000)}}`, /Not as documented/],
    ['a NUL character', withData({ message: 'a\0b' }), /NUL character: --event/],
    ['a NUL character in a key', withData({ 'a\0b': 1 }), /NUL character/],
    ['a bare NUL', json.replace('successfully', 'success\0fully'), /Not JSON/],
    ['another schema', JSON.stringify({ ...event, schema: 'aftersync.event/v9' }), /schema: .*aftersync.event\/v1/],
    ['another kind', JSON.stringify({ ...event, kind: 'flux.reconciled' }), /kind: /],
    ['no data', JSON.stringify({ ...event, data: undefined }), /data: /],
    ['a number for a name', withData({ application: 7 }), /data\.application: /],
    ['a text for the resources', withData({ resources: 'many' }), /data\.resources: /],
    [
      'a path separator in the name',
      withData({ application: '../../etc' }),
      /data\.application: not a Kubernetes object name/,
    ],
    [
      'a path separator in the namespace',
      withData({ namespace: 'a/b' }),
      /data\.namespace: not a Kubernetes namespace/,
    ],
    ['a template tag in the name', withData({ application: '{{workflow.name}}' }), /data\.application: /],
    ['a path separator in the uid', withData({ uid: 'a/b' }), /data\.uid: not a Kubernetes uid/],
    ['another time zone', withData({ startedAt: '2026-11-13T09:00:00+01:00' }), /data\.startedAt: /],
    [
      'a running operation',
      withData({ phase: 'Running' }),
      /phase of a finished operation: --event: data\.phase "Running"; only/,
    ],
    ['what goes on', withData({ phase: 'Running' }), /the operation goes on; send its event when it has ended/],
    ['a day that is none', withData({ startedAt: '2026-02-31T09:00:00Z' }), /Not a time: --event: data\.startedAt/],
    ['an unknown phase', withData({ phase: '{{workflow.name}}' }), /data\.phase "\{ \{workflow\.name\} \}"/],
    ['a phase that is no text', withData({ phase: null }), /data\.phase: /],
    [
      'another id',
      JSON.stringify({ ...event, id: '0123456789abcdef' }),
      /id 0123456789abcdef, uid and startedAt give [0-9a-f]{16}/,
    ],
    ['another start', withData({ startedAt: '2026-11-13T09:00:01Z' }), /Event names another operation/],
    [
      'another name',
      JSON.stringify({ ...event, name: `api-${event.id}` }),
      /another Workflow: .*name api-\S+, expected web-/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseEvent(text, '--event')).toThrow(message);
    expect(() => parseEvent(text, '--event')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each([
    ['a'.repeat(60), 'a'.repeat(40)],
    [`${'a'.repeat(39)}.bcd`, 'a'.repeat(39)],
    [`${'a'.repeat(38)}--b`, 'a'.repeat(38)],
    [`${'a'.repeat(39)}-bcd`, `${'a'.repeat(39)}-`],
  ])('takes %s as the Workflow %s-<id>', (application, start) => {
    const text = JSON.stringify({ ...event, name: `${start}-${event.id}`, data: { ...event.data, application } });
    expect(parseEvent(text, '--event').name).toBe(`${start}-${event.id}`);
  });
});

it('computes the id as sha256sum | trunc 16 does', () => {
  expect(operationId('3f1c6f0e-2a57-4d5e-9d2b-6f2f7c1a9b10', '2026-11-20T09:14:58Z')).toBe('2cea45c69040757f');
});

describe('one sync has one id', () => {
  const { uid, startedAt } = event.data as { uid: string; startedAt: string };
  const spelled = (time: string) => {
    const sent = operationIdAsSent(uid, time);
    const text = JSON.stringify({ ...event, id: sent, name: `web-${sent}`, data: { ...event.data, startedAt: time } });
    return parseEvent(text, '--event');
  };
  const operationIdAsSent = (of: string, time: string) =>
    createHash('sha256').update(`${of}/${time}`).digest('hex').slice(0, 16);

  it.each(['.0Z', '.000Z', '.000000000Z', '.123Z', '.999999999Z'])('whatever fraction is written: %s', fraction => {
    expect(spelled(startedAt.replace('Z', fraction))).toMatchObject({ id: event.id, data: { startedAt } });
    expect(operationId(uid, startedAt.replace('Z', fraction))).toBe(event.id);
  });

  it('whether midnight is 0 or 24', () => {
    const midnight = spelled('2026-11-14T00:00:00Z');
    expect(spelled('2026-11-13T24:00:00Z').id).toBe(midnight.id);
    expect(midnight.data.startedAt).toBe('2026-11-14T00:00:00Z');
  });
});

it.each(['=', 'A=', '\\', ' ', 'A', '\n='])('reads 800 000 times %j within a second', text => {
  const started = performance.now();
  expect(() => parseEvent(`${text.repeat(800_000 / text.length)}A`, '--event')).toThrow();
  // Quadratic were minutes.
  expect(performance.now() - started).toBeLessThan(5_000);
});
