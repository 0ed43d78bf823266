import { describe, expect, it } from 'vitest';
import { byDigest, type Clause, manifestQuery, toBatches } from '../../../steps/jfrog-lookup/aql.ts';
import { locationsOf } from '../../../steps/jfrog-lookup/locations.ts';
import { repositoryName } from '../../../steps/jfrog-lookup/metadata-sources.ts';

const digest = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;

describe('AQL', () => {
  it('is what Artifactory documents', () => {
    expect(manifestQuery([{ sha256: 'ab' }, { repo: 'r', path: 'p/1' }])).toBe(
      'items.find({"$or":[{"sha256":"ab"},{"repo":"r","path":"p/1"}],"name":{"$match":"*manifest.json"},"path":{"$nmatch":"*/_uploads*"}})' +
        '.include("repo","path","name","sha256","created","modified","property")',
    );
  });

  it.each(['"}', '\\"', '"}]}).include("*")', '\u0000', '\n', '*', '${x}'])('keeps %j inside its value', value => {
    const [, find = ''] =
      /^items\.find\((.*)\)\.include\("repo",/s.exec(manifestQuery([{ repo: value, path: value }])) ?? [];
    expect(JSON.parse(find)).toEqual({
      $or: [{ repo: value, path: value }],
      name: { $match: '*manifest.json' },
      path: { $nmatch: '*/_uploads*' },
    });
  });

  it.each([
    [1, 50, 1],
    [50, 50, 1],
    [51, 50, 2],
    [500, 50, 10],
    [500, 70, 8],
    [500, 1, 500],
  ])('asks for %i digests, at most %i at once, in %i queries below the limit', (count, batchSize, calls) => {
    const batches = toBatches(
      Array.from({ length: count }, (_, n) => byDigest(digest(n))),
      batchSize,
    );
    expect(batches).toHaveLength(calls);
    expect(batches.flat()).toHaveLength(count);
    expect(Math.max(...batches.map(batch => manifestQuery(batch).length))).toBeLessThan(6000);
  });

  it('keeps long paths below the limit and asks for nothing twice', () => {
    const long = (n: number): Clause => ({ repo: 'docker-prod-local', path: `${'team/'.repeat(50)}${n}/1.0` });
    const batches = toBatches([...Array.from({ length: 60 }, (_, n) => long(n)), long(0)], 50);
    expect(batches.flat()).toHaveLength(60);
    expect(Math.max(...batches.map(batch => manifestQuery(batch).length))).toBeLessThan(6000);
    expect(toBatches([], 50)).toEqual([]);
  });
});

describe('places of an image', () => {
  const hosting = {
    repositories: { 'art.example.com:8876': 'docker-prod', 'docker.io': 'hub' },
    isArtifactory: (registry: string) => !registry.startsWith('quay'),
  };
  it.each([
    [
      'art.example.com',
      'docker-local/pay/api',
      [
        ['docker-local', 'pay/api'],
        ['art', 'docker-local/pay/api'],
      ],
    ],
    [
      'acme-docker-local.jfrog.io',
      'pay/api',
      [
        ['pay', 'api'],
        ['docker-local', 'pay/api'],
        ['pay', 'library/api'],
      ],
    ],
    [
      'acme.jfrog.io',
      'docker/redis',
      [
        ['docker', 'redis'],
        ['docker', 'library/redis'],
      ],
    ],
    ['art.example.com:8876', 'pay/api', [['docker-prod', 'pay/api']]],
    [
      'art.example.com:8876',
      'docker-prod/pay/api',
      [
        ['docker-prod', 'pay/api'],
        ['docker-prod', 'docker-prod/pay/api'],
      ],
    ],
    [
      'art.example.com:9999',
      'pay/api',
      [
        ['pay', 'api'],
        [null, 'pay/api'],
        ['pay', 'library/api'],
      ],
    ],
    ['docker.io', 'library/redis', [['hub', 'library/redis']]],
    ['quay.io', 'pay/api', []],
  ])('%s/%s', (registry, repository, expected) => {
    const found = locationsOf({ registry, repository }, hosting).map(({ repo, image }) => [repo, image]);
    expect(found).toEqual(expected);
  });

  it.each([
    ['https://bitbucket.example.com/scm/PAY/api.git', 'api'],
    ['git@git.example.com:api.git', 'api'],
    ['https://git.example.com/pay/api/?at=main', 'api'],
    ['api', 'api'],
  ])('names the repository of %s', (url, name) => {
    expect(repositoryName(url)).toBe(name);
  });
});
