import { describe, expect, it } from 'vitest';
import { Source } from '../../../steps/fetch-app/application.ts';
import { toInitiator } from '../../../steps/fetch-app/initiator.ts';
import { isPruneOnly, toDeploymentResources } from '../../../steps/fetch-app/resources.ts';
import { chartVersionOf, resolve, sourcesOf, toDeploymentSources } from '../../../steps/fetch-app/sources.ts';

const git = Source.parse({ repoURL: 'https://git.example.com/a.git', path: 'a' });
const values = Source.parse({ repoURL: 'https://git.example.com/v.git', ref: 'values' });
const chart = Source.parse({
  repoURL: 'registry.example.com/charts',
  chart: 'web',
  helm: {
    parameters: [{ name: 'image.tag', value: '1' }, { name: 'db.password', value: 'canary' }, { name: 'image' }],
  },
});
const empty = Source.parse({ repoURL: '' });

describe('sources', () => {
  it.each([
    ['several', { source: git, sources: [chart, values] }, [chart, values]],
    ['one', { source: git, sources: [] }, [git]],
    ['what multi-source leaves behind', { source: empty, sources: [] }, []],
    ['none', { source: null, sources: [] }, []],
  ])('%s', (_, sourced, expected) => {
    expect(sourcesOf(sourced)).toEqual(expected);
  });

  it.each([
    ['each its own', [chart, values], { revision: '', revisions: ['1.2.3', 'abc'] }, ['1.2.3', 'abc']],
    ['the one', [git], { revision: 'abc', revisions: [] }, ['abc']],
    ['too few', [chart, values], { revisions: ['1.2.3'] }, [null, null]],
    ['too many', [git], { revision: null, revisions: ['a', 'b'] }, [null]],
    ['the revision of one for two', [chart, values], { revision: 'abc', revisions: [] }, [null, null]],
    ['an empty one', [chart, values], { revisions: ['1.2.3', ''] }, ['1.2.3', null]],
    ['none', [git], { revision: '', revisions: [] }, [null]],
  ])('revisions: %s', (_, sources, revised, expected) => {
    expect(resolve(sources, revised).map(({ revision }) => revision)).toEqual(expected);
  });

  it.each([
    ['first', [chart, values, git], '1'],
    ['last', [git, values, chart], '3'],
    ['absent', [git, values], null],
  ])('chart version: %s', (_, sources, expected) => {
    const resolved = resolve(sources, { revisions: ['1', '2', '3'].slice(0, sources.length) });
    expect(chartVersionOf(resolved)).toBe(expected);
  });

  it('copies Helm parameters by their whole name only', () => {
    const [copied] = toDeploymentSources(resolve([chart], { revisions: [] }), ['image.tag', 'db']);
    expect(copied?.helmParameters).toEqual([{ name: 'image.tag', value: '1' }]);
  });
});

describe('initiator', () => {
  const fallbacks = { automatedInitiator: 'robot', unknownInitiator: 'nobody' };
  it.each([
    ['a user', { username: 'ada' }, 'ada', 'user', 'f.username'],
    ['a project token', { username: 'proj:shop:ci' }, 'proj:shop:ci', 'user', 'f.username'],
    ['a user over a stale mark of automation', { username: 'ada', automated: true }, 'ada', 'user', 'f.username'],
    [
      'a controller',
      { username: 'applicationset-controller', automated: true },
      'applicationset-controller',
      'automated',
      'f.username',
    ],
    ['automation', { automated: true }, 'robot', 'automated', 'evidence.automatedInitiator'],
    [
      'automation and a blank name',
      { username: ' \n', automated: true },
      'robot',
      'automated',
      'evidence.automatedInitiator',
    ],
    ['nobody', {}, 'nobody', 'unknown', 'evidence.unknownInitiator'],
    ['nothing', undefined, 'nobody', 'unknown', 'evidence.unknownInitiator'],
  ])('%s', (_, initiatedBy, name, kind, from) => {
    const evidence = {
      ...fallbacks,
      images: 'changed',
      strategy: 'sync-result',
      settleTimeoutSeconds: 60,
      helmParameters: [],
    } as const;
    expect(toInitiator(initiatedBy, 'f', { ...evidence, customResources: [], helmParameters: [] })).toEqual({
      name,
      kind,
      from,
    });
  });
});

describe('resources', () => {
  const one = (status: string, hookType = '', hookPhase = '') =>
    toDeploymentResources([
      { group: '', kind: 'Job', namespace: 'a', name: 'b', status, hookType, hookPhase, images: [] },
    ]);
  it.each([
    ['Synced', '', 'Running', 'Synced'],
    ['SyncFailed', '', 'Failed', 'SyncFailed'],
    ['Pruned', '', '', 'Pruned'],
    ['PruneSkipped', '', '', 'PruneSkipped'],
    ['Teleported', '', '', 'Unknown'],
    ['', '', '', 'Unknown'],
    ['', 'PreSync', 'Succeeded', 'Synced'],
    ['', 'PreSync', 'Failed', 'SyncFailed'],
    ['', 'Sync', 'Error', 'SyncFailed'],
    ['', 'PostSync', '', 'Synced'],
    ['SyncFailed', 'PostSync', 'Succeeded', 'SyncFailed'],
  ])('%j of a %j hook in phase %j is %s', (status, hookType, hookPhase, expected) => {
    expect(one(status, hookType, hookPhase)[0]).toMatchObject({ status: expected, hookType: hookType || null });
  });

  it.each([
    ['nothing touched', [], false],
    ['one pruned', one('Pruned'), true],
    ['all pruned or kept', [...one('Pruned'), ...one('PruneSkipped')], true],
    ['one applied', [...one('Pruned'), ...one('Synced')], false],
  ])('prune only: %s', (_, resources, expected) => {
    expect(isPruneOnly(resources)).toBe(expected);
  });
});
