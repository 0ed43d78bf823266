import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { currentEvent, EventApplication, historyEvent } from '../../../lib/events/application-operation.ts';
import { goJson } from '../../../lib/events/go-json.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { syncFinished, workflowNameOf } from '../../../lib/events/sync-finished.ts';
import { ARGOCD, bodyOf } from '../../event-sources/argocd/engine.ts';
import { LONG_MESSAGE, SITUATIONS, TOO_LARGE } from '../../event-sources/argocd/situations.ts';

const FIXTURES = 'test/fixtures/applications';
const fixture = (name: string) => parse(readFileSync(join(FIXTURES, name), 'utf8'));
const ofCurrent = (application: unknown) => {
  const data = currentEvent(EventApplication.parse(application));
  return data === null ? null : syncFinished(data);
};
const decoded = ({ event }: { event: string }) => parseEvent(event, 'event');

describe('goJson', () => {
  it.each([
    [{ b: 1, a: { d: null, c: [true, 'x'] } }, '{"a":{"c":[true,"x"],"d":null},"b":1}'],
    ['<a> & \u2028\u2029 "\\" \u0007\b\f\n', '"\\u003ca\\u003e \\u0026 \\u2028\\u2029 \\"\\\\\\" \\u0007\\b\\f\\n"'],
    ['\u007f é 🚀 \ufffd', '"\u007f é 🚀 \ufffd"'],
    ['cut\udfff', '"cut\\ufffd"'],
    ['the text \\udfff', '"the text \\\\udfff"'],
  ])('%j', (value, expected) => {
    expect(goJson(value)).toBe(expected);
  });
});

describe.skipIf(ARGOCD === '')(
  'an event that reconcile makes is the one that Argo CD sends, byte for byte (needs AFTERSYNC_ARGOCD)',
  () => {
    const finished = readdirSync(FIXTURES)
      .map((name): [string, unknown] => [name, fixture(name)])
      .filter(([, application]) => ofCurrent(application) !== null);

    it('has fixtures', () => {
      expect(finished.length).toBeGreaterThan(20);
    });

    it.each([
      ...Object.entries(SITUATIONS),
      ...Object.entries(TOO_LARGE),
      ['a long message', LONG_MESSAGE],
      ...finished,
    ])('%s', async (_, application) => {
      expect(ofCurrent(application)).toEqual(await bodyOf(application));
    });
  },
);

describe('currentEvent', () => {
  it.each(['still-running.yaml', 'terminating.yaml', 'without-status.yaml'])('has none for %s', name => {
    const application = EventApplication.safeParse(fixture(name));
    expect(application.success ? currentEvent(application.data) : null).toBeNull();
  });
});

describe('historyEvent', () => {
  const application = EventApplication.parse(fixture('moved-on.yaml'));

  it('says what the entry says, and that resources are not known', () => {
    const data = historyEvent(application, '2026-11-13T09:00:00Z');
    expect(data && decoded(syncFinished(data))).toMatchObject({
      name: `web-${decoded(syncFinished(data as never)).id}`,
      data: {
        phase: 'Succeeded',
        startedAt: '2026-11-13T09:00:00Z',
        finishedAt: '2026-11-13T09:00:04Z',
        initiatedBy: { username: 'ada' },
        revision: 'c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1',
        sources: [{ repoURL: 'https://git.example.com/shop/deploy.git', path: 'web', targetRevision: 'main' }],
        resources: [],
        resourcesOmitted: true,
      },
    });
  });

  it('knows no other start', () => {
    expect(historyEvent(application, '2026-11-13T09:00:01Z')).toBeNull();
  });
});

describe('workflowNameOf', () => {
  it.each([
    ['web', 'web-0123456789abcdef'],
    ['a'.repeat(50), `${'a'.repeat(40)}-0123456789abcdef`],
    [`${'a'.repeat(39)}-bc`, `${'a'.repeat(39)}-0123456789abcdef`],
  ])('%s', (application, expected) => {
    expect(workflowNameOf(application, '0123456789abcdef')).toBe(expected);
  });
});
