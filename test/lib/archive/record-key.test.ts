import { describe, expect, it } from 'vitest';
import { parseRecordKey, recordKey, scopePrefix } from '../../../lib/archive/record-key.ts';
import { deploymentOf } from '../../support/deployment.ts';

const ID = '3f1c9a0b7d2e4f68';

describe('the key of an archived record', () => {
  it('says instance, application and time, so that a listing answers what was deployed when', () => {
    const deployment = deploymentOf(ID, '2026-11-20T10:00:01Z');
    const key = recordKey('aftersync/prod', deployment);
    expect(key).toBe(`aftersync/prod/records/default/argocd/guestbook/2026-11-20T10-00-01Z/${ID}.json`);
    expect(parseRecordKey('aftersync/prod', key, 12)).toEqual({
      key,
      id: ID,
      instance: 'default',
      namespace: 'argocd',
      name: 'guestbook',
      startedAt: '2026-11-20T10:00:01Z',
      bytes: 12,
    });
  });

  it('sorts by time within an application', () => {
    const times = ['2026-11-20T10:00:01Z', '2026-11-20T09:59:59Z', '2026-02-01T23:00:00Z'];
    const keys = times.map(startedAt => recordKey('a', deploymentOf(ID, startedAt))).sort();
    expect(keys.map(key => parseRecordKey('a', key, 0)?.startedAt)).toEqual(times.reverse());
  });

  it.each([
    ['another prefix', `b/records/default/argocd/guestbook/2026-11-20T10-00-01Z/${ID}.json`],
    ['the way by id', `a/ids/${ID}`],
    ['something put there by hand', 'a/records/default/argocd/guestbook/notes.txt'],
  ])('is not that of %s', (_, key) => {
    expect(parseRecordKey('a', key, 0)).toBeNull();
  });

  it.each([
    [{}, 'a/records/'],
    [{ instance: 'default' }, 'a/records/default/'],
    [{ instance: 'default', namespace: 'argocd' }, 'a/records/default/argocd/'],
    [{ instance: 'default', namespace: 'argocd', name: 'guestbook' }, 'a/records/default/argocd/guestbook/'],
    [{ instance: 'default', name: 'guestbook' }, 'a/records/default/'],
  ])('of the scope %j begins with %s', (scope, prefix) => {
    expect(scopePrefix('a', scope)).toBe(prefix);
  });
});
