import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../../event-sources/argocd/merge.ts';
import { mergeNotifications, removeNotifications, type Wiring } from '../../../event-sources/argocd/notifications.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { ARGOCD, bodyOf, notifications } from './engine.ts';
import { HEARD } from './situations.ts';

type ConfigMap = { data?: Record<string, string> } & Record<string, unknown>;
const FIXTURES = 'test/fixtures/argocd-notifications';
const FRAGMENT = readFileSync('event-sources/argocd/notifications-cm.yaml', 'utf8');
const ours: Record<string, string> = parse(FRAGMENT).data;

const fixture = (name: string) => readFileSync(`${FIXTURES}/${name}.yaml`, 'utf8');
const merged = (text: string, wiring?: Wiring) => mergeNotifications(text, 'given', FRAGMENT, wiring);
const removed = (text: string) => removeNotifications(text, 'given', FRAGMENT);
const dataOf = (text: string): Record<string, string> => (parse(text) as ConfigMap).data ?? {};
const inner = (text: string, key: string): unknown => parse(dataOf(text)[key] ?? 'null');
const configMap = (data: Record<string, string>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-notifications-cm' }, data });
const SUBSCRIPTION = { recipients: ['aftersync'], triggers: ['aftersync'] };

/** Without what is ours in the fixtures; lists and maps inside it as values, because printing them again moves blanks. */
function theirsIn(text: string): unknown {
  const { data = {}, ...rest } = parse(text) as ConfigMap;
  const { 'service.webhook.aftersync': _, 'trigger.aftersync': __, 'template.aftersync': ___, ...others } = data;
  const { aftersyncInstance, ...context } = parse(others.context ?? '{}');
  const subscriptions: { recipients: string[] }[] = parse(others.subscriptions ?? '[]');
  const notOurs = subscriptions.filter(({ recipients }) => !recipients.includes('aftersync'));
  return { ...rest, ...others, context, subscriptions: notOurs };
}

const names = readdirSync(FIXTURES).map(name => name.replace('.yaml', ''));

describe.each(names)('%s', name => {
  const text = fixture(name);

  it('keeps everything that is not ours, word for word', () => {
    const [before, after] = [parse(text) as ConfigMap, parse(merged(text)) as ConfigMap];
    expect({ ...after, data: null }).toEqual({ ...before, data: null });
    for (const [key, value] of Object.entries(before.data ?? {}))
      if (!(key in ours)) expect(after.data?.[key]).toBe(value);
    const listed = Object.keys(after.data ?? {}).filter(key => key in (before.data ?? {}));
    expect(listed).toEqual(Object.keys(before.data ?? {}));
  });

  it('has our trigger, template and subscription of today', () => {
    for (const key of ['trigger.aftersync', 'template.aftersync']) expect(dataOf(merged(text))[key]).toBe(ours[key]);
    expect(inner(merged(text), 'subscriptions')).toContainEqual(expect.objectContaining(SUBSCRIPTION));
  });

  it('is the same when it is merged again', () => {
    const once = merged(text, { url: 'http://a:1', instance: 'eu-2' });
    expect(merged(once)).toBe(once);
    expect(merged(once, { url: 'http://a:1', instance: 'eu-2' })).toBe(once);
  });

  it('has nothing of ours once it is removed, and all of theirs', () => {
    const after = removed(merged(text, { instance: 'eu-2' }));
    expect(after).not.toMatch(/aftersync/);
    expect(theirsIn(after)).toEqual(theirsIn(text));
    expect(removed(after)).toBe(after);
  });

  it.skipIf(ARGOCD === '')('is read by Argo CD, trigger and template (needs AFTERSYNC_ARGOCD)', async () => {
    const space = await workspace({ 'cm.yaml': merged(text, { instance: 'eu-2' }) });
    const application = HEARD.Succeeded;
    const body = await bodyOf(application, space.path('cm.yaml'));
    const event = JSON.parse(Buffer.from(body.event, 'base64').toString());
    expect(event).toMatchObject({ instance: 'eu-2' });
    for (const trigger of Object.keys(dataOf(merged(text))).filter(key => key.startsWith('trigger.')))
      expect(
        await notifications(['trigger', 'run'], application, {
          name: trigger.replace('trigger.', ''),
          configMap: space.path('cm.yaml'),
        }),
      ).toMatch(/true|false/);
  });
});

describe('subscriptions', () => {
  const subscribed = (subscriptions: string) => inner(merged(configMap({ subscriptions })), 'subscriptions');
  const without = (subscriptions: string) => {
    const data = dataOf(removed(configMap({ subscriptions })));
    return data.subscriptions === undefined ? null : parse(data.subscriptions);
  };

  it('keep the comments and the order of the others, ours at the end', () => {
    const text = dataOf(merged(fixture('in-use'))).subscriptions ?? '';
    expect(text.startsWith('# everyone hears of failures in production\n')).toBe(true);
    expect(text).toContain('slack:on-call # paged');
    expect(parse(text)).toEqual([...(inner(fixture('in-use'), 'subscriptions') as unknown[]), SUBSCRIPTION]);
  });

  it.each([
    ['nothing', ''],
    ['a comment', '# none yet\n'],
    ['an empty list', '[]'],
    ['null', 'null'],
  ])('begin with ours after %s', (_, text) => {
    expect(subscribed(text)).toEqual([SUBSCRIPTION]);
  });

  it.each([
    ['with a selector', '- {recipients: [aftersync], triggers: [aftersync], selector: tier=1}'],
    ['with others beside it', '- {recipients: [slack:a, aftersync], triggers: [aftersync, on-deployed]}'],
    ['with an empty recipient', '- {recipients: ["aftersync:"], triggers: [aftersync]}'],
  ])('stay as they are where ours is one of them already, %s', (_, text) => {
    expect(dataOf(merged(configMap({ subscriptions: text }))).subscriptions).toBe(text);
  });

  it('get ours where another trigger goes to us, or ours to another', () => {
    expect(subscribed('- {recipients: [aftersync], triggers: [on-deployed]}')).toHaveLength(2);
    expect(subscribed('- {recipients: [slack:aftersync], triggers: [aftersync]}')).toHaveLength(2);
  });

  it.each([
    ['ours', '- {recipients: [aftersync], triggers: [aftersync], selector: tier=1}', null],
    [
      'ours within another',
      '- {recipients: [slack:a, aftersync], triggers: [aftersync, on-deployed]}',
      [{ recipients: ['slack:a'], triggers: ['on-deployed'] }],
    ],
    [
      'ours to another recipient, which would become the default triggers',
      '- {recipients: [slack:a], triggers: [aftersync]}\n- {recipients: [slack:b]}',
      [{ recipients: ['slack:b'] }],
    ],
    ['ours without triggers', '- {recipients: [aftersync]}', null],
  ])('lose only %s', (_, text, left) => {
    expect(without(text)).toEqual(left);
  });
});

describe('what an installation decides', () => {
  const older = fixture('older-version-of-ours');

  it('stays: address, headers and options of the service, and the instance', () => {
    expect(dataOf(merged(older))['service.webhook.aftersync']).toBe(dataOf(older)['service.webhook.aftersync']);
    expect(inner(merged(older), 'context')).toMatchObject({ aftersyncInstance: 'eu-1' });
  });

  it('is changed one by one', () => {
    const text = merged(older, { url: 'http://other:1', instance: 'eu-9' });
    expect(inner(text, 'service.webhook.aftersync')).toEqual({
      url: 'http://other:1',
      insecureSkipVerify: true,
      headers: [{ name: 'Authorization', value: 'Bearer $our-own-key' }],
    });
    expect(inner(text, 'context')).toEqual({ argocdUrl: 'https://argocd.example.com', aftersyncInstance: 'eu-9' });
  });

  it('joins a context that is there, with its comments', () => {
    const { context } = dataOf(merged(fixture('in-use'), { instance: 'eu-9' }));
    expect(context).toBe(`${dataOf(fixture('in-use')).context}aftersyncInstance: eu-9\n`);
  });
});

describe('merge-notifications', () => {
  it('reads a file and writes one', async () => {
    const space = await workspace();
    const flags = [`--in=${FIXTURES}/in-use.yaml`, `--out=${space.path('merged.yaml')}`];
    expect(await runStep(main, flags)).toEqual({ exitCode: 0, output: '' });
    expect(readFileSync(space.path('merged.yaml'), 'utf8')).toBe(merged(fixture('in-use')));
    const { exitCode, output } = await runStep(main, [`--in=${space.path('merged.yaml')}`, '--remove']);
    expect(exitCode).toBe(0);
    expect(theirsIn(output)).toEqual(theirsIn(fixture('in-use')));
  });

  it('takes the JSON of kubectl', () => {
    const json = JSON.stringify(parse(fixture('in-use')));
    expect(parse(merged(json))).toEqual(parse(merged(fixture('in-use'))));
  });

  it.each([
    ['nothing', '', /Not one object: .*0 documents/],
    ['two objects', `${fixture('in-use')}\n---\n${fixture('in-use')}`, /Not one object: .*2 documents/],
    ['another ConfigMap', configMap({}).replace('argocd-notifications-cm', 'argocd-cm'), /metadata\.name/],
    ['a list of kubectl', '{"kind": "List", "items": []}', /kind: /],
    ['no YAML', 'kind: ConfigMap\n\tname: x', /Not YAML/],
    ['a number as a value', configMap({}).replace('"data":{}', '"data":{"a":1}'), /data\.a: /],
    ['subscriptions that Argo CD cannot read', configMap({ subscriptions: '-\t- a: [' }), /data\.subscriptions: /],
    [
      'subscriptions that are no list',
      configMap({ subscriptions: 'recipients: [a]' }),
      /data\.subscriptions: not a list/,
    ],
    ['a service that is no map', configMap({ 'service.webhook.aftersync': '- a' }), /data\.service.*: not a map/],
  ])('refuses %s', async (_, text, message) => {
    const space = await workspace({ 'cm.yaml': text });
    const flags = [`--in=${space.path('cm.yaml')}`, `--out=${space.path('merged.yaml')}`];
    const { exitCode, output } = await runStep(main, flags);
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
    expect(await space.files()).toEqual(['cm.yaml']);
  });
});
