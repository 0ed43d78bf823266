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
    parameters: [
      { name: 'image.tag', value: '1' },
      { name: 'db.password', value: 'canary' },
      { name: 'image' },
      { value: 'left over' },
      { name: null, value: null },
    ],
  },
});
const oci = Source.parse({ repoURL: 'oci://registry.example.com/manifests', path: '.' });
const SHA = 'c1'.repeat(20);
const DIGEST = `sha256:${'d'.repeat(64)}`;
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
    ['each its own', [chart, values], { revision: '', revisions: ['1.2.3', SHA] }, ['1.2.3', SHA]],
    ['the one', [git], { revision: SHA, revisions: [] }, [SHA]],
    ['of SHA-256', [git], { revision: SHA + SHA.slice(16), revisions: [] }, [SHA + SHA.slice(16)]],
    ['a branch, which is what was asked for', [git], { revision: 'main', revisions: [] }, [null]],
    ['a short commit', [git], { revision: 'c1c1c1c', revisions: [] }, [null]],
    ['a tag', [git], { revision: 'v1.2.3', revisions: [] }, [null]],
    ['a range of chart versions', [chart, chart], { revisions: ['1.x', '>=1.2.0'] }, [null, null]],
    ['any of the chart', [chart, chart], { revisions: ['*', '^1.2'] }, [null, null]],
    [
      'chart versions',
      [chart, chart, chart],
      { revisions: ['v1', '1.2.3-rc.1+b', '1.2'] },
      ['v1', '1.2.3-rc.1+b', '1.2'],
    ],
    ['a digest', [oci, chart], { revisions: [DIGEST, DIGEST] }, [DIGEST, DIGEST]],
    ['a tag of an OCI artifact', [oci], { revision: '1.2.3', revisions: [] }, [null]],
    ['too few', [chart, values], { revisions: ['1.2.3'] }, [null, null]],
    ['too many', [git], { revision: null, revisions: ['a', 'b'] }, [null]],
    ['the revision of one for two', [chart, values], { revision: SHA, revisions: [] }, [null, null]],
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
