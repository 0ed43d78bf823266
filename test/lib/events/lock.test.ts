import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lockName, lockOf, UNNAMED_LOCK } from '../../../lib/events/lock.ts';
import { eventOf } from '../../steps/fetch-app/event-of.ts';

const application = parse(
  readFileSync('test/fixtures/applications/sync-succeeded-multi-source-chart-second.yaml', 'utf8'),
);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const event = (data: object = {}, envelope: object = {}) => encode(eventOf(application, { ...data }, { ...envelope }));

describe('lockOf', () => {
  it('is one for all operations of an Application, and another for each Application and each Argo CD', () => {
    const lock = lockOf(event());
    expect(lock).toMatch(/^aftersync-[0-9a-f]{16}$/);
    expect(lockOf(event({ startedAt: '2026-01-01T00:00:00Z', phase: 'Failed' }))).toBe(lock);
    expect(lockOf(event({ uid: '00000000-0000-4000-8000-000000000000' }))).not.toBe(lock);
    expect(lockOf(event({}, { instance: 'other' }))).not.toBe(lock);
  });

  it('is the same for base64 in lines, which the Sensor takes as well', () => {
    expect(lockOf(event().replace(/.{76}/g, '$&\n'))).toBe(lockOf(event()));
    expect(lockOf(`${event().replace(/.{64}/g, '$&\r\n')}\n`)).toBe(lockOf(event()));
    expect(lockOf(event().replace(/.{76}/g, '$& '))).toBe(UNNAMED_LOCK);
  });

  it('is a hash of what names the Application', () => {
    const { uid } = eventOf(application).data as { uid: string };
    const hash = createHash('sha256').update(`default/${uid}`).digest('hex');
    expect(lockOf(event())).toBe(`aftersync-${hash.slice(0, 16)}`);
    expect(lockName('default', uid)).toBe(lockOf(event()));
  });

  it.each([
    ['nothing', ''],
    ['no base64', '{{=1+1}}'],
    ['no JSON', Buffer.from('{').toString('base64')],
    ['null', encode(null)],
    ['no Application', encode({ instance: 'default', data: {} })],
    ['no data', encode({ instance: 'default' })],
    ['a uid that is no text', encode({ instance: 'default', data: { uid: { a: 1 } } })],
    ['no Argo CD', encode({ data: { uid: 'x' } })],
  ])('has an answer for an event with %s', (_, text) => {
    expect(lockOf(text)).toBe(UNNAMED_LOCK);
  });
});
