import { describe, expect, it } from 'vitest';
import { createArtifactoryStandIn } from '../../../local/standins/artifactory.ts';
import { remotes } from '../../support/remotes.ts';
import { BASE, CANARY, folder, hex, image, item, JET, lookUp, REGISTRY, type State, state } from './lookup.ts';

const network = remotes();

function artifactory(from: State) {
  const standIn = createArtifactoryStandIn(from);
  network.use(standIn);
  return standIn.received;
}

const API = `${REGISTRY}/docker-local/payments/api:1.0`;
const INDEX = { name: 'list.manifest.json' };
const PLACE = 'docker-local/payments/api';
const FOLDER = `folder ${PLACE}/1.0`;
const { jetId, ...WITHOUT_JET_ID } = JET;
const ONLY_JET = { jetId, sealId: '107647', projectName: 'payments' };
const VCS = { 'vcs.branch': 'main', 'vcs.revision': 'c0ffee', 'vcs.url': 'git@git.example.com:pay/api.git' };

const index = (...children: [digest: string, os?: string][]) => ({
  schemaVersion: 2,
  manifests: children.map(([digest, os = 'linux']) => ({
    digest: `sha256:${digest}`,
    platform: { os, architecture: 'amd64' },
  })),
});

describe('fallback chain', () => {
  it.each<[string, State, object, object]>([
    [
      'properties of the manifest, sealId as a number',
      state([item('payments/api/1.0', hex(1))]),
      { jetId, sealId: 107647 },
      { jetId: `property jetId of ${PLACE}/1.0/manifest.json` },
    ],
    [
      'other names, in any case',
      state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID, 'JET-ID': 'X' })]),
      { jetId: 'X' },
      { jetId: `property JET-ID of ${PLACE}/1.0/manifest.json` },
    ],
    [
      'a property of several equal values',
      state([item('payments/api/1.0', hex(1), { ...JET, branch: ['main', 'main'] })]),
      { branch: 'main' },
      {},
    ],
    [
      'artifactId as it is kept',
      state([item('payments/api/1.0', hex(1), { ...JET, artifactId: 'kept:sha256@1' })]),
      { artifactId: 'kept:sha256@1', artifactLocation: 'artifactory/docker-local/payments/api' },
      {},
    ],
    [
      'the tag folder',
      state([item('payments/api/1.0', hex(1), WITHOUT_JET_ID), folder('payments/api', '1.0', { jetId: 'F' })]),
      { jetId: 'F' },
      { jetId: `property jetId of ${FOLDER}` },
    ],
    [
      'the folder before vcs.*',
      state([
        item('payments/api/1.0', hex(1), { ...VCS, sealId: '1', projectName: 'p' }),
        folder('payments/api', '1.0', { jetId, branch: 'folder' }),
      ]),
      { branch: 'folder', commitId: 'c0ffee', repoName: 'api' },
      { repoName: `property vcs.url of ${PLACE}/1.0/manifest.json` },
    ],
    [
      'labels last',
      state([
        item('payments/api/1.0', hex(1), {
          ...ONLY_JET,
          'docker.label.org.opencontainers.image.revision': 'beef',
          'docker.label.org.opencontainers.image.source': 'https://git.example.com/pay/api/',
          'docker.label.branch': 'b',
        }),
      ]),
      { commitId: 'beef', repoName: 'api', branch: 'b' },
      {},
    ],
    [
      'the environment of the build',
      state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID, 'build.name': 'pay/api', 'build.number': '7' })], {
        builds: [{ name: 'pay/api', number: '7', properties: { 'buildInfo.env.JET_ID': 'B' } }],
      }),
      { jetId: 'B' },
      { jetId: 'property buildInfo.env.JET_ID of build pay/api/7' },
    ],
    [
      'a build-info of an older server',
      state(
        [item('payments/api/1.0', hex(1), { ...ONLY_JET, branch: 'b', 'build.name': 'api', 'build.number': '7' })],
        { builds: [{ name: 'api', number: '7', vcsRevision: 'old', vcsUrl: 'https://git.example.com/pay/api.git' }] },
      ),
      { commitId: 'old', repoName: 'api' },
      {},
    ],
    [
      'a platform of the index',
      state(
        [
          item('payments/api/1.0', hex(1), {}, INDEX),
          item(`payments/api/sha256:${hex(2)}`, hex(2)),
          item(`payments/api/sha256:${hex(3)}`, hex(3), { jetId: 'attestation' }),
        ],
        { manifests: { [`sha256:${hex(1)}`]: index([hex(2)], [hex(3), 'unknown']) } },
      ),
      { jetId, artifactId: `api:sha256@${hex(1)}` },
      { jetId: `property jetId of ${PLACE}/sha256:${hex(2)}/manifest.json, a platform of the index` },
    ],
    [
      'the index of the platform',
      state([item(`payments/api/sha256:${hex(1)}`, hex(1), {}), item('payments/api/1.0', hex(2), JET, INDEX)], {
        manifests: { [`sha256:${hex(2)}`]: index([hex(1)]) },
      }),
      { jetId, artifactId: `api:sha256@${hex(1)}` },
      { jetId: `property jetId of ${PLACE}/1.0/list.manifest.json, the index of the platform` },
    ],
    [
      'a copy of the same bytes',
      state([item('payments/api/1.0', hex(1), {}), item('payments/api/1.0', hex(1), JET, { repo: 'other-local' })]),
      { jetId, artifactLocation: 'artifactory/docker-local/payments/api' },
      { jetId: 'property jetId of other-local/payments/api/1.0/manifest.json' },
    ],
  ])('takes %s', async (_, from, metadata, sources) => {
    artifactory(from);
    const { first, output } = await lookUp({ images: [image(API, hex(1))] });
    expect(output).toContain('resolved');
    expect(first).toMatchObject({ outcome: 'resolved', metadata, fieldSources: sources, missing: [] });
  });

  it.each<[string, State, string[], string]>([
    [
      'a sealId that is no number',
      state([item('payments/api/1.0', hex(1), { ...JET, sealId: 'SEAL-7' })]),
      ['sealId'],
      'sealId is not a number: SEAL-7',
    ],
    [
      'two values of one property',
      state([item('payments/api/1.0', hex(1), { ...JET, branch: ['main', 'dev'] })]),
      ['branch'],
      'two values of branch: main',
    ],
    [
      'two places with different jetIds',
      state([
        item('payments/api/1.0', hex(1)),
        item('payments/api/1.0', hex(1), { ...JET, jetId: 'OTHER' }, { repo: 'other-local' }),
      ]),
      ['jetId'],
      `two values of jetId: ${jetId} (property jetId of ${PLACE}/1.0/manifest.json) and OTHER (property jetId of other-local/payments/api/1.0/manifest.json)`,
    ],
    [
      'platforms that disagree',
      state(
        [
          item('payments/api/1.0', hex(1), {}, INDEX),
          item(`payments/api/sha256:${hex(2)}`, hex(2)),
          item(`payments/api/sha256:${hex(3)}`, hex(3), { ...JET, commitId: 'x' }),
        ],
        { manifests: { [`sha256:${hex(1)}`]: index([hex(2)], [hex(3)]) } },
      ),
      ['commitId'],
      'two values of commitId',
    ],
    [
      'an index that the tag has left for others',
      state(
        [item(`payments/api/sha256:${hex(1)}`, hex(1), WITHOUT_JET_ID), item('payments/api/1.0', hex(2), JET, INDEX)],
        { manifests: { [`sha256:${hex(2)}`]: index([hex(3)]) } },
      ),
      ['jetId'],
      'jetId not found',
    ],
    [
      'a build that is gone',
      state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID, 'build.name': 'api', 'build.number': '7' })]),
      ['jetId'],
      'build api/7 is not there',
    ],
    [
      'empty values',
      state([item('payments/api/1.0', hex(1), { ...JET, jetId: ' ' })]),
      ['jetId'],
      `Set the properties on ${PLACE}/1.0/manifest.json`,
    ],
  ])('does not guess from %s', async (_, from, missing, detail) => {
    artifactory(from);
    const { exitCode, first } = await lookUp({ images: [image(API, hex(1))] });
    expect(exitCode).toBe(1);
    expect(first).toMatchObject({ outcome: 'incomplete', missing, detail: expect.stringContaining(detail) });
  });

  it('reads nothing more once every field has a value', async () => {
    const received = artifactory(state([item('payments/api/1.0', hex(1), { ...ONLY_JET, ...VCS })]));
    await lookUp({ images: [image(API, hex(1))] });
    expect(received.map(one => one.path)).toEqual(['/artifactory/api/search/aql']);
  });

  it('accepts configured property names', async () => {
    artifactory(state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID, 'ci.evidence': 'E' })]));
    const { first } = await lookUp({
      images: [image(API, hex(1))],
      artifactory: { url: BASE, propertyAliases: { jetId: ['CI.evidence'] } },
    });
    expect(first?.metadata.jetId).toBe('E');
  });
});

describe('finding an image', () => {
  const hub = (properties = {}) => item('library/redis/7', hex(1), properties, { repo: 'docker-hub-cache' });

  it.each<[string, State, Parameters<typeof image>, object]>([
    [
      'by path and tag',
      state([item('payments/api/1.0', hex(1))]),
      [API],
      { digest: `sha256:${hex(1)}`, digestFrom: 'registry' },
    ],
    [
      'by sub-domain',
      state([item('payments/api/1.0', hex(1))]),
      ['docker-local.artifactory.example.com/payments/api:1.0'],
      { digest: `sha256:${hex(1)}` },
    ],
    [
      'behind a port that the configuration names',
      state([item('api/1.0', hex(1)), item('api/1.0', hex(2), JET, { repo: 'other-local' })]),
      ['artifactory.example.com:8876/api:1.0'],
      { digest: `sha256:${hex(1)}` },
    ],
    [
      'behind a port that nobody names, where only one fits',
      state([item('api/1.0', hex(1))]),
      ['artifactory.example.com:9999/api:1.0'],
      { digest: `sha256:${hex(1)}` },
    ],
    [
      'in a virtual repository',
      state([item('payments/api/1.0', hex(1))]),
      [`${REGISTRY}/docker/payments/api:1.0`],
      { digest: `sha256:${hex(1)}` },
    ],
    [
      'in the repository that it names',
      state([item('payments/api/1.0', hex(2), JET, { repo: 'other-local' }), item('payments/api/1.0', hex(1))]),
      [API],
      { digest: `sha256:${hex(1)}` },
    ],
    [
      'where two members of a virtual repository differ, by asking the registry',
      state([item('payments/api/1.0', hex(2), {}, { repo: 'docker-hub-cache' }), item('payments/api/1.0', hex(1))]),
      [`${REGISTRY}/docker/payments/api:1.0`],
      { digest: `sha256:${hex(1)}` },
    ],
  ])('finds it %s', async (_, from, args, expected) => {
    artifactory(from);
    const { first, output } = await lookUp({
      images: [image(...args)],
      artifactory: { url: BASE, repositories: { 'artifactory.example.com:8876': 'docker-local' } },
    });
    expect(output).toContain('resolved');
    expect(first).toMatchObject({ outcome: 'resolved', image: expected });
  });

  it('ranks repository, tag, original, JET keys, age', async () => {
    const older = { created: '2020-01-01T00:00:00Z' };
    artifactory(
      state([
        item('payments/api/1.0', hex(1), JET, { repo: 'pay-release-bundles-v2' }),
        item('payments/api/1.0', hex(1), {}, { repo: 'docker-hub-cache' }),
        item('payments/api/latest', hex(1), { ...JET, branch: 'latest' }),
        item('payments/api/_uploads', hex(1), { jetId: 'leftover' }),
        item('payments/api/1.0', hex(1), { ...JET, branch: 'named' }, older),
      ]),
    );
    const { first } = await lookUp({ images: [image(API, hex(1))] });
    expect(first?.fieldSources.branch).toBe(`property branch of ${PLACE}/1.0/manifest.json`);
    expect(first?.metadata.branch).toBe('named');
  });

  it.each<[string, State, string | null, string]>([
    ['absent', state([]), null, 'tag 1.0 is in none of docker-local/payments/api'],
    ['absent by digest', state([]), hex(1), `sha256:${hex(1)} is in no repository`],
    [
      'forbidden',
      state([item('payments/api/1.0', hex(1))], {
        repositories: [{ key: 'docker-local', rclass: 'local', forbidden: true }],
      }),
      hex(1),
      'no permission to read docker-local/payments/api',
    ],
    [
      'another digest by now',
      state([item('payments/api/1.0', hex(2))]),
      hex(1),
      `tag 1.0 names sha256:${hex(2)}: it was pushed again since, or the node had these bytes under another name`,
    ],
  ])('tells an image that is %s', async (_, from, digest, detail) => {
    artifactory(from);
    const { exitCode, first } = await lookUp({ images: [image(API, digest)] });
    expect(exitCode).toBe(1);
    expect(first).toMatchObject({ outcome: 'not-found', detail: expect.stringContaining(detail) });
    expect(first?.missing).toHaveLength(8);
  });

  it('prefers an original to a newer copy', async () => {
    const newer = { created: '2026-11-01T00:00:00Z' };
    artifactory(
      state([
        item('payments/api/1.0', hex(1), JET, { repo: 'pay-release-bundles-v2', ...newer }),
        item('payments/api/1.0', hex(1), JET, { repo: 'docker-hub-cache', ...newer }),
        item('payments/api/1.0', hex(1), JET, { repo: 'other-local' }),
      ]),
    );
    const { first } = await lookUp({ images: [image(API, hex(1))] });
    expect(first?.metadata.artifactLocation).toBe('artifactory/other-local/payments/api');
  });

  it('does not guess a repository for Docker Hub', async () => {
    artifactory(state([item('redis/7', hex(1), JET, { repo: 'library' })]));
    const { first } = await lookUp({ images: [image('docker.io/library/redis:7'), image(API, hex(1))] });
    expect(first?.outcome).toBe('not-looked-up');
  });

  it('does not choose between two digests of one tag', async () => {
    artifactory(state([item('api/1.0', hex(1)), item('api/1.0', hex(2), JET, { repo: 'other-local' })]));
    const { first } = await lookUp({ images: [image('artifactory.example.com:9999/api:1.0')] });
    expect(first).toMatchObject({ outcome: 'not-found', image: { digest: null } });
    expect(first?.detail).toContain('several digests for tag 1.0');
    expect(first?.detail).toContain('configure artifactory.repositories for artifactory.example.com:9999');
  });

  it('does not look for the tag of a registry that is not Artifactory', async () => {
    artifactory(state([item('api/1.0', hex(1), JET, { repo: 'payments' })]));
    const { first } = await lookUp({ images: [image('quay.io/payments/api:1.0'), image(API, hex(1))] });
    expect(first).toMatchObject({ outcome: 'not-looked-up', image: { digest: null } });
    expect(first?.detail).toContain(
      'quay.io is not known to belong to this Artifactory. If it does, configure artifactory.repositories for quay.io',
    );
  });

  it('does not take another instance of jfrog.io for this Artifactory', async () => {
    const images = [
      image('other-docker-local.jfrog.io/payments/api:1.0'),
      image('acme-docker-local.jfrog.io/payments/api:1.0'),
    ];
    artifactory(state([item('payments/api/1.0', hex(1))]));
    const { set } = await lookUp({
      images,
      artifactory: { url: 'https://acme.jfrog.io/artifactory' },
      regcred: { auths: { 'acme.jfrog.io': { username: 'svc-jet', password: CANARY } } },
    });
    expect(set?.artifacts.map(({ outcome }) => outcome)).toEqual(['not-looked-up', 'resolved']);
  });

  it('says of a digest that it was asked for, and of its tag that it was not', async () => {
    artifactory(state([]));
    const { first } = await lookUp({ images: [image('quay.io/payments/api:1.0', hex(1))] });
    expect(first?.outcome).toBe('not-found');
    expect(first?.detail).toContain(`sha256:${hex(1)} is in no repository (quay.io is not known to belong to this`);
  });

  const OTHER_NAME = 'Found as another image than docker.artifactory.example.com/docker-local/payments/api';
  it.each<[string, State]>([
    ['of another build', state([item('lab/experiment/7', hex(1), { ...JET, jetId: 'CC99' }, { repo: 'other-local' })])],
    ['pulled through', state([item('someone/copy/latest', hex(1), {}, { repo: 'docker-hub-cache' })])],
    [
      'pulled through under its own path',
      state([item('payments/api/latest', hex(1), {}, { repo: 'docker-hub-cache' })]),
    ],
  ])('does not take what is known of another image that the node had: %s', async (_, from) => {
    artifactory({ ...from, items: [...(from.items ?? []), item('payments/api/1.0', hex(2))] });
    const { exitCode, first } = await lookUp({ images: [image(API, hex(1))] });
    expect(exitCode).toBe(1);
    expect(first).toMatchObject({ outcome: 'incomplete', metadata: { jetId: null, artifactId: null } });
    expect(first?.detail).toContain(OTHER_NAME);
    expect(first?.detail).toContain(`tag 1.0 names sha256:${hex(2)}`);
    artifactory(from);
    expect((await lookUp({ images: [image(API, hex(1))] })).first?.detail).toContain(OTHER_NAME);
  });

  it('knows what was pulled through from elsewhere as third-party', async () => {
    artifactory(state([hub()]));
    const { exitCode, first } = await lookUp({ images: [image('docker.io/library/redis:7', hex(1))] });
    expect(exitCode).toBe(0);
    expect(first).toMatchObject({
      outcome: 'third-party',
      detail: 'Not ours, no evidence is owed: only in docker-hub-cache, without JET keys',
    });
  });

  it('knows an image that a virtual repository pulled through as third-party', async () => {
    artifactory(state([hub()]));
    const { first } = await lookUp({ images: [image(`${REGISTRY}/docker/library/redis:7`, hex(1))] });
    expect(first?.outcome).toBe('third-party');
  });

  it.each<[string, State, string]>([
    ['with JET keys', state([hub(JET)]), 'resolved'],
    [
      'in a local repository that is named like a cache',
      state([item('library/redis/7', hex(1), {}, { repo: 'mine-cache' })], {
        repositories: [{ key: 'mine-cache', rclass: 'local' }],
      }),
      'incomplete',
    ],
    [
      'of a local repository beside one that is named like a cache',
      state([item('library/redis/7', hex(1), {}, { repo: 'mine-cache' })], {
        repositories: [
          { key: 'mine-cache', rclass: 'local' },
          { key: 'mine', rclass: 'local' },
        ],
      }),
      'incomplete',
    ],
    [
      'that is none, when it may not ask for the kind of repository',
      state([item('payments/api/1.0', hex(1), {})], { repositoryInfo: 'forbidden' }),
      'incomplete',
    ],
    ['when it may not ask for the kind of repository', state([hub()], { repositoryInfo: 'forbidden' }), 'third-party'],
  ])('judges an image in a cache %s', async (_, from, outcome) => {
    artifactory(from);
    expect((await lookUp({ images: [image('docker.io/library/redis:7', hex(1))] })).first?.outcome).toBe(outcome);
  });
});
