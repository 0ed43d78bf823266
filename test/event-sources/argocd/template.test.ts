import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FinishedPhase } from '../../../lib/contracts/sync-event.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { at, eventOf } from '../../steps/fetch-app/event-of.ts';
import { workspace } from '../../support/run-step.ts';
import { ARGOCD, bodyOf } from './engine.ts';
import { LONG_MESSAGE, SITUATIONS, TOO_LARGE } from './situations.ts';

/** Beyond it a pod's template with the event would not fit: measured with 85 kB that fit, and 128 KiB as the limit. */
const MAX_BASE64 = 90_000;
const DATA = process.env.AFTERSYNC_TEST_DATA;

type Document = { metadata: Record<string, unknown> } & Record<string, unknown>;
const documentsIn = (directory: string): [string, Document][] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(json|yaml)$/.test(name))
    .sort()
    .map(name => [name, parse(readFileSync(join(directory, name), 'utf8'))]);
const isFinished = (application: unknown): boolean =>
  FinishedPhase.safeParse(at(application, 'status', 'operationState', 'phase')).success;

/** The event of the body, as fetch-app reads it: it computes id and name again and refuses others. */
async function eventFrom(application: unknown, configMap?: string) {
  const body = await bodyOf(application, configMap);
  expect(body.event.length).toBeLessThanOrEqual(MAX_BASE64);
  const event = parseEvent(body.event, 'event');
  expect(body.name).toBe(event.name);
  return event;
}
const expected = (application: unknown) => parseEvent(JSON.stringify(eventOf(application)), 'eventOf');

describe.skipIf(ARGOCD === '')(
  'the notification, rendered by Argo CD (needs AFTERSYNC_ARGOCD, the path of the binary)',
  () => {
    it.each(Object.entries(SITUATIONS))('%s', async (_, application) => {
      expect(await eventFrom(application)).toEqual(expected(application));
    });

    const ours = documentsIn('test/fixtures/applications').filter(([, application]) => isFinished(application));
    it.each(ours)('%s', async (_, application) => {
      expect(await eventFrom(application)).toEqual(expected(application));
    });

    it.each(Object.entries(TOO_LARGE))('%s do not fit, and the event says so', async (_, application) => {
      const { data } = await eventFrom(application);
      expect(data).toMatchObject({ resources: [], resourcesOmitted: true });
      expect(data.application).toBe('web');
      const hasRoom = at(application, 'status', 'operationState', 'syncResult', 'sources') === undefined;
      expect(data.sources).toHaveLength(hasRoom ? 1 : 0);
    });

    it('cuts a long message, also in the middle of a character', async () => {
      const { data } = await eventFrom(LONG_MESSAGE);
      expect(data.message).toBe(`a${'é'.repeat(511)}\ufffd`);
    });

    it('says what the context of Argo CD says', async () => {
      const config = parse(readFileSync('event-sources/argocd/notifications-cm.yaml', 'utf8'));
      const others = 'environment: Production\nargocdUrl: "https://"\n';
      const context = `${others}aftersyncEnvironment: production\naftersyncArgocdUrl: https://argocd.example.com/\naftersyncInstance: eu-1\n`;
      const space = await workspace({ 'cm.yaml': { ...config, data: { ...config.data, context } } });
      expect(await eventFrom(SITUATIONS.unicode, space.path('cm.yaml'))).toMatchObject({
        instance: 'eu-1',
        data: {
          expected: {
            targetEnvironment: 'production',
            sourceUri: 'https://argocd.example.com/applications/argocd/web',
          },
        },
      });
    });

    describe.skipIf(DATA === undefined)('for public Applications (needs AFTERSYNC_TEST_DATA)', () => {
      const documents = DATA === undefined ? [] : documentsIn(join(DATA, '01-argocd-applications'));
      const finished = documents.filter(([, application]) => isFinished(application));

      it('has some of them', () => {
        expect(finished.length).toBeGreaterThan(5);
      });

      /** Some are cut for a unit test: what Kubernetes would have added is added, the rest stays. */
      it.each(finished)('%s', async (_, document) => {
        const metadata = {
          uid: '5d1c8b1a-0000-4000-8000-000000000000',
          ...document.metadata,
          namespace: String(document.metadata.namespace ?? 'argocd').toLowerCase(),
        };
        const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...document, metadata };
        expect(await eventFrom(application)).toEqual(expected(application));
      });
    });
  },
);
