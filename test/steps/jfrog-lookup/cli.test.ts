import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { ArtifactSet } from '../../../lib/contracts/artifact-set.ts';
import { createArtifactoryStandIn } from '../../../local/standins/artifactory.ts';
import { main } from '../../../steps/jfrog-lookup/cli.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';
import { BASE, CANARY, folder, hex, image, item, JET, lookUp, REGISTRY, SAMPLES, type State, state } from './lookup.ts';

const network = remotes();

function artifactory(from: State, ...rest: [Parameters<typeof createArtifactoryStandIn>[1]?]) {
  const standIn = createArtifactoryStandIn(from, ...rest);
  network.use(standIn);
  return standIn.received;
}

const API = `${REGISTRY}/docker-local/payments/api:1.0`;
const { jetId: _jetId, ...WITHOUT_JET_ID } = JET;

describe('jfrog-lookup', () => {
  it('says which Artifactory it asked, also where the credentials alone name it', async () => {
    artifactory(state([item('payments/api/1.0', hex(1))]));
    for (const settings of [{ url: BASE }, {}]) {
      const { set } = await lookUp({ images: [image(API, hex(1))], artifactory: settings });
      expect(set?.artifactory).toBe(BASE);
    }
    expect((await lookUp({ images: [] })).set?.artifactory).toBeNull();
  });

  it('looks up the others where one image is no reference, and asks nothing about it', async () => {
    const received = artifactory(state([item('payments/api/1.0', hex(1))]));
    const bad = { ...image(API), reference: '$(id)', registry: '', repository: '', tag: null };
    const { exitCode, output, set } = await lookUp({ images: [image(API, hex(1)), bad] });
    expect(exitCode).toBe(1);
    expect(set?.artifacts.map(({ outcome, missing }) => [outcome, missing.length])).toEqual([
      ['resolved', 0],
      ['not-looked-up', 8],
    ]);
    expect(output).toContain('first $(id); Not an image reference, so nothing can be looked up: correct the manifest');
    expect(received.map(({ body }) => body).join()).not.toContain('$(id)');
  });

  it.each([
    ['nobody could look at the operation', 'operation', {}, 'nobody looked', 1],
    ['a resource was not read', 'resource', {}, 'nobody looked', 1],
    ['a failed operation that names none', 'resource', { eventStatus: 'FAILED' }, 'nobody looked', 0],
    ['the pods were not read', 'pods', {}, null, 0],
    ['nothing was deployed', 'operation', { disposition: 'skip', skipReason: 'dry-run' }, null, 0],
  ] as const)('says why no image is known, and fails as diff-images does: %s', async (_, what, over, unknown, code) => {
    const diff = JSON.parse(await readFile(`${SAMPLES}/image-diff.json`, 'utf8'));
    const deployment = JSON.parse(await readFile(`${SAMPLES}/deployment.json`, 'utf8'));
    const place = await workspace({
      'deployment.json': { ...deployment, ...over },
      'image-diff.json': { ...diff, images: [], notLookedAt: [{ what, where: 'here', why: 'nobody looked' }] },
    });
    const { exitCode } = await runStep(main, [
      `--deployment=${place.path('deployment.json')}`,
      `--image-diff=${place.path('image-diff.json')}`,
      `--regcred=${SAMPLES}/regcred.json`,
      `--config=${SAMPLES}/config.yaml`,
      `--out=${place.path('artifacts.json')}`,
    ]);
    expect(exitCode).toBe(code);
    expect(await place.json<ArtifactSet>('artifacts.json')).toMatchObject({ artifacts: [], unknown });
  });

  it('holds back what the cluster contradicts, unless the configuration says that it is not ours', async () => {
    artifactory(state([item('payments/api/1.0', hex(1))]));
    const owed = image(API, hex(1));
    const workloads = owed.workloads.map(workload => ({ ...workload, runsInstead: ['payments/api:0.9'] }));
    const images = [{ ...owed, workloads }];
    const { exitCode, output, set } = await lookUp({ images });
    expect([exitCode, set?.artifacts[0]?.outcome]).toEqual([1, 'resolved']);
    expect(output).toMatch(
      /1 of 1 images cannot be recorded: first .*; .* synced .*, the cluster runs payments\/api:0\.9/,
    );
    const others = await lookUp({ images, artifactory: { url: BASE, thirdParty: [`${REGISTRY}/**`] } });
    expect([others.exitCode, others.set?.artifacts[0]?.outcome]).toEqual([0, 'third-party']);
  });

  it('runs its sample', async () => {
    artifactory(parseYaml(await readFile(`${SAMPLES}/artifactory.yaml`, 'utf8')));
    const place = await workspace();
    const flags = {
      deployment: 'deployment.json',
      'image-diff': 'image-diff.json',
      regcred: 'regcred.json',
      config: 'config.yaml',
    };
    const argv = Object.entries(flags).map(([flag, file]) => `--${flag}=${SAMPLES}/${file}`);
    const { exitCode, output } = await runStep(main, [...argv, `--out=${place.path('artifacts.json')}`]);
    expect(output).toContain('resolved docker.artifactory.example.com/docker-prod-local/payments/ledger:2.3.0');
    expect(exitCode).toBe(0);
    const { artifacts, unchanged } = await place.json<ArtifactSet>('artifacts.json');
    expect(artifacts.map(one => one.outcome)).toEqual(['resolved', 'resolved', 'third-party']);
    expect(unchanged.map(one => one.repository)).toEqual(['docker-prod-local/payments/web']);
    expect(artifacts[1]?.image).toMatchObject({ digest: `sha256:${hex('b')}`, digestFrom: 'registry' });
    expect(artifacts[1]?.metadata).toEqual({
      jetId: '1B9D6BCD4F7E45F1A7E2C0D3A5B6978812340000AABBCCDDEEFF001122334455',
      sealId: 107647,
      artifactId: `ledger:sha256@${hex('b')}`,
      artifactLocation: 'artifactory/docker-prod-local/payments/ledger',
      projectName: 'payments',
      branch: 'release/2.3',
      repoName: 'ledger',
      commitId: '9f2d1c7be06d1f8f5c6f0a4b3e2d1c0b9a887766',
    });
    expect(artifacts[1]?.fieldSources).toEqual({
      jetId: 'property JET_ID of folder docker-prod-local/payments/ledger/2.3.0',
      sealId: 'property sealId of folder docker-prod-local/payments/ledger/2.3.0',
      projectName: 'property projectName of folder docker-prod-local/payments/ledger/2.3.0',
      branch: 'vcs[0].branch of build payments-ledger/88',
      commitId: 'vcs[0].revision of build payments-ledger/88',
      repoName: 'vcs[0].url of build payments-ledger/88',
      artifactId: 'derived from docker-prod-local/payments/ledger/2.3.0/manifest.json',
      artifactLocation: 'derived from docker-prod-local/payments/ledger/2.3.0/manifest.json',
    });
  });

  it('records the others when one image has no jetId, and finds it when the property is there', async () => {
    const images = [image(API, hex(1)), image(`${REGISTRY}/docker-local/payments/web:2.0`, hex(2))];
    const web = (properties: typeof WITHOUT_JET_ID) =>
      state([item('payments/api/1.0', hex(1)), item('payments/web/2.0', hex(2), properties)]);
    artifactory(web(WITHOUT_JET_ID));
    const before = await lookUp({ images });
    expect(before.exitCode).toBe(1);
    expect(before.set?.artifacts.map(one => one.outcome)).toEqual(['resolved', 'incomplete']);
    expect(before.set?.artifacts[1]?.missing).toEqual(['jetId']);
    expect(before.output).toContain(
      `1 of 2 images cannot be recorded: first ${REGISTRY}/docker-local/payments/web:2.0; jetId not found for docker-local/payments/web/2.0/manifest.json`,
    );

    artifactory(web(JET));
    const after = await lookUp({ images });
    expect(after.exitCode).toBe(0);
    expect(after.set?.artifacts.map(one => one.outcome)).toEqual(['resolved', 'resolved']);
  });

  it('asks nobody when nothing is owed', async () => {
    const skipped = await lookUp({
      images: [image(API, hex(1))],
      deployment: { disposition: 'skip', skipReason: 'dry-run' },
    });
    expect(skipped).toMatchObject({ exitCode: 0, set: { artifacts: [], unchanged: [] } });
    const same = await lookUp({ images: [image(API, hex(1), 'unchanged')], regcred: {} });
    expect(same).toMatchObject({
      exitCode: 0,
      set: { artifacts: [], unchanged: [{ repository: 'docker-local/payments/api' }] },
    });
    const named = await lookUp({
      images: [image('docker.io/istio/proxyv2:1')],
      artifactory: { thirdParty: ['docker.io/*'] },
    });
    expect(named).toMatchObject({
      exitCode: 0,
      first: {
        outcome: 'third-party',
        detail: 'Not ours, no evidence is owed: artifactory.thirdParty names docker.io/*',
      },
    });
  });

  it('takes the host from the matching entry when none is configured', async () => {
    const received = artifactory(state([item('payments/api/1.0', hex(1))]));
    const regcred = {
      auths: {
        'docker.artifactory.example.com': { username: 'svc-jet', password: CANARY },
        'https://index.docker.io/v1/': { auth: 'Zm9vOmJhcg==' },
      },
    };
    const { exitCode } = await lookUp({
      images: [image(API, hex(1)), image('docker.io/library/redis:7', hex(2))],
      artifactory: { thirdParty: ['docker.io/*'] },
      regcred,
    });
    expect(exitCode).toBe(0);
    expect(received.map(one => one.path)).toEqual(['/artifactory/api/search/aql']);
  });

  it.each([
    ['no auths', { other: 'x' }, 'No credentials'],
    ['an empty object', {}, 'No credentials'],
    ['not JSON', 'eyJhdXRocyI6e319', 'Not JSON'],
    [
      'malformed base64',
      { auths: { 'artifactory.example.com': { auth: `${CANARY}!` } } },
      'Not base64 of username:password: auth of artifactory.example.com',
    ],
    ['wrong types', { auths: { 'artifactory.example.com': { password: 7 } } }, 'Not as documented'],
    [
      'a helper',
      { credsStore: 'desktop', auths: { 'artifactory.example.com': {} } },
      'Credentials are kept by a helper',
    ],
    ['only a helper', { credHelpers: { 'artifactory.example.com': 'ecr-login' } }, 'Credentials are kept by a helper'],
    ['an entry without credentials', { auths: { 'artifactory.example.com': {} } }, 'Entry without credentials'],
    [
      'two other hosts',
      { auths: { 'a.example.com': { auth: 'Zm9vOmJhcg==' }, 'b.example.com': { auth: 'cGluZzpwb25n' } } },
      'No credentials for the host: artifactory.example.com',
    ],
  ])('refuses a regcred with %s', async (_, regcred, message) => {
    const { exitCode, output, set } = await lookUp({ images: [image(API, hex(1))], regcred });
    expect({ exitCode, set }).toEqual({ exitCode: 2, set: null });
    expect(output).toContain(message);
    expect(output).not.toContain(CANARY);
  });

  it('names the hosts when several may be Artifactory', async () => {
    const auth = { username: 'svc-jet', password: CANARY };
    const { exitCode, output } = await lookUp({
      images: [image('prod.example.com/api:1', hex(1)), image('dev.example.com/api:1', hex(2))],
      artifactory: {},
      regcred: { auths: { 'prod.example.com': auth, 'dev.example.com': auth } },
    });
    expect(exitCode).toBe(2);
    expect(output).toContain('dev.example.com, prod.example.com');
  });

  it('refuses artifacts of two operations, and a property alias for no field', async () => {
    expect(await lookUp({ diff: { deploymentId: '0000000000000000' } })).toMatchObject({ exitCode: 2, set: null });
    const alias = await lookUp({ images: [image(API)], artifactory: { propertyAliases: { jetID: ['x'] } } });
    expect(alias.exitCode).toBe(2);
    expect(alias.output).toContain('artifactory.propertyAliases.jetID');
  });

  it('refuses an answer in HTML', async () => {
    artifactory(state([]), {
      mishaps: [{ path: 'aql', times: 1, status: 200, body: '<html>Login</html>', contentType: 'text/html' }],
    });
    const { exitCode, output, set } = await lookUp({ images: [image(API, hex(1))] });
    expect({ exitCode, set }).toEqual({ exitCode: 1, set: null });
    expect(output).toContain('Artifactory answered HTML instead of JSON');
  });

  it('waits out a 429', async () => {
    const received = artifactory(state([item('payments/api/1.0', hex(1))]), {
      mishaps: [{ path: 'aql', times: 1, status: 429, retryAfterSeconds: 1 }],
    });
    expect((await lookUp({ images: [image(API, hex(1))] })).exitCode).toBe(0);
    expect(received).toHaveLength(2);
  });

  it('sends one request when the credentials are wrong, however many batches there are', async () => {
    const received = artifactory(state([], { credentials: { username: 'svc-jet', password: 'another' } }));
    const images = Array.from({ length: 9 }, (_, n) => image(API, hex(n)));
    const { exitCode, output, set } = await lookUp({ images, artifactory: { url: BASE, batchSize: 1 } });
    expect({ exitCode, set }).toEqual({ exitCode: 1, set: null });
    expect(output).toContain('Bad credentials');
    expect(received).toHaveLength(1);
  });

  it('waits while the account is suspended', async () => {
    const body =
      '{"errors":[{"status":403,"message":"This request is blocked due to recurrent request failures, please try again in 1 second(s)"}]}';
    const received = artifactory(state([item('payments/api/1.0', hex(1))]), {
      mishaps: [{ path: 'aql', times: 1, status: 403, body }],
    });
    expect((await lookUp({ images: [image(API, hex(1))] })).exitCode).toBe(0);
    expect(received).toHaveLength(2);
  });

  it('leaves a long suspension and an outage to the next try, and writes nothing', async () => {
    const body = 'please try again in 59 second(s)';
    artifactory(state([]), { mishaps: [{ path: 'aql', times: 1, status: 403, body }] });
    expect(await lookUp({ images: [image(API, hex(1))] })).toMatchObject({ exitCode: 75, set: null });
    artifactory(state([]), { mishaps: [{ path: 'aql', times: 99, status: 500 }] });
    expect(await lookUp({ images: [image(API, hex(1))] })).toMatchObject({ exitCode: 75, set: null });
  });

  it('refuses a search without permission', async () => {
    artifactory(state([]), { mishaps: [{ path: 'aql', times: 1, status: 403, body: 'Only non-anonymous users' }] });
    const { exitCode, output } = await lookUp({ images: [image(API, hex(1))] });
    expect(exitCode).toBe(1);
    expect(output).toContain('Only non-anonymous users');
  });

  it('halves a batch that is cut short, and refuses where one image alone is', async () => {
    const items = [1, 2, 3, 4].map(n => item(`payments/api/1.${n}`, hex(n)));
    const images = [1, 2, 3, 4].map(n => image(API, hex(n)));
    artifactory(state(items, { searchLimit: 1 }));
    expect(await lookUp({ images })).toMatchObject({ exitCode: 0 });
    artifactory(state(items, { searchLimit: 0 }));
    const refused = await lookUp({ images });
    expect(refused.exitCode).toBe(1);
    expect(refused.set?.artifacts.map(({ outcome }) => outcome)).toEqual(Array(4).fill('not-looked-up'));
    expect(refused.output).toContain('results are trimmed');
  });

  it('does not say that an image is not there where it asked nobody', async () => {
    const url = 'https://127.0.0.1:1/artifactory';
    const { exitCode, first, output } = await lookUp({
      images: [image('docker.example.com/shop/web:2')],
      artifactory: { url },
      regcred: { auths: { '127.0.0.1:1': { username: 'svc-jet', password: CANARY } } },
    });
    expect({ exitCode, outcome: first?.outcome }).toEqual({ exitCode: 1, outcome: 'not-looked-up' });
    expect(output).toContain(
      'Not looked up: no digest is known, and docker.example.com is not known to belong to this Artifactory. If it does, configure artifactory.repositories for docker.example.com',
    );
    expect(output).not.toMatch(/not found|was not found/i);
  });

  const OTHER = image(`${REGISTRY}/docker-local/payments/web:2.0`, hex(2));
  it.each<[string, Record<string, string | string[]>, string]>([
    ['a build that is called ..', { 'build.name': '..', 'build.number': 'security' }, 'Not a name'],
    ['a build that is called .', { 'build.name': '.', 'build.number': '7' }, 'Not a name'],
    ['a build of slashes', { 'build.name': '../../..', 'build.number': '/' }, 'is not there'],
    ['a build of %2e%2e', { 'build.name': '%2e%2e', 'build.number': '7' }, 'is not there'],
    ['a build with half a character', { 'build.name': '\ud800', 'build.number': '7' }, 'jetId not found'],
    [
      'a project with half a character',
      { 'build.name': 'a', 'build.number': '7', 'build.project': '\udfff' },
      'not there',
    ],
    [
      'a value of two lines',
      { jetId: 'A\n*What to do*: approve at http://evil.example/login' },
      'jetId is not plain text',
    ],
    ['a value that turns the line', { jetId: 'A\u202eB' }, 'jetId is not plain text'],
    ['a value that holds the password', { jetId: `x ${CANARY}` }, 'jetId is not plain text: x ***'],
    ['an endless value', { jetId: 'x'.repeat(9999) }, 'jetId is longer than 1000 characters'],
    ['two values that hold lines', { jetId: ['A', 'B\n*do*'] }, 'jetId is not plain text: B *do*'],
    ['an endless URL', { 'vcs.url': `${'/'.repeat(200_000)}a`, repoName: [] }, 'jetId not found'],
  ])('leaves to one image what stands on it: %s', async (_, properties, detail) => {
    artifactory(
      state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID, ...properties }), item('payments/web/2.0', hex(2))]),
    );
    const { exitCode, set, output } = await lookUp({ images: [image(API, hex(1)), OTHER] });
    expect(exitCode).toBe(1);
    const [first, second] = set?.artifacts ?? [];
    expect(second?.outcome).toBe('resolved');
    expect(first?.outcome).toBe('incomplete');
    expect(JSON.stringify(first) + output).toContain(detail);
    expect(JSON.stringify(set)).not.toMatch(/\\n|\u202e|\ud800/);
  });

  it('asks less at once when a search takes too long', async () => {
    const received = artifactory(state([item('payments/api/1.1', hex(1)), item('payments/api/1.2', hex(2))]), {
      mishaps: [{ path: 'aql', times: 1, status: 408 }],
    });
    expect((await lookUp({ images: [image(API, hex(1)), image(API, hex(2))] })).exitCode).toBe(0);
    expect(received).toHaveLength(3);
  });

  it('shows no credential in anything it leaves behind', async () => {
    const encoded = Buffer.from(`svc-jet:${CANARY}`).toString('base64');
    const body = `<html>${CANARY} ${encoded}</html>`;
    artifactory(state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID })]), {
      mishaps: [{ path: 'storage', times: 1, status: 500, body }],
    });
    const failed = await lookUp({
      images: [image(API, hex(1))],
      regcred: { auths: { 'artifactory.example.com': { auth: encoded } } },
    });
    expect(failed.exitCode).toBe(75);
    artifactory(state([item('payments/api/1.0', hex(1), { ...WITHOUT_JET_ID })]));
    const written = await lookUp({ images: [image(API, hex(1))] });
    for (const text of [failed.output, written.output, JSON.stringify(written.set)]) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(encoded);
    }
  });

  it('finds 500 images in ten short queries', async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const digest = (n: number) => n.toString(16).padStart(64, '0');
    const received = artifactory(state(numbers.map(n => item(`payments/api-${n}/1.0`, digest(n)))));
    const images = numbers.map(n => image(`${REGISTRY}/docker-local/payments/api-${n}:1.0`, digest(n)));
    const { exitCode, set } = await lookUp({ images, artifactory: { url: BASE, budgetSeconds: 60 } });
    expect(exitCode).toBe(0);
    expect(set?.artifacts.every(one => one.outcome === 'resolved')).toBe(true);
    expect(received).toHaveLength(Math.ceil(500 / 50));
    expect(Math.max(...received.map(one => one.body.length))).toBeLessThan(6000);
  });

  it('finds 500 images by tag in queries within the limit', async () => {
    const numbers = Array.from({ length: 500 }, (_, n) => n);
    const digest = (n: number) => n.toString(16).padStart(64, '0');
    const received = artifactory(state(numbers.map(n => item(`payments/api-${n}/1.0`, digest(n)))));
    const { exitCode } = await lookUp({
      images: numbers.map(n => image(`${REGISTRY}/docker-local/payments/api-${n}:1.0`)),
      artifactory: { url: BASE, budgetSeconds: 60 },
    });
    expect(exitCode).toBe(0);
    expect(received.length).toBeLessThanOrEqual(Math.ceil(1000 / 50));
    expect(Math.max(...received.map(one => one.body.length))).toBeLessThan(6000);
  });

  it('reads a folder that it may not read as a note, not as a failure of all', async () => {
    artifactory(state([item('payments/api/1.0', hex(1), WITHOUT_JET_ID), folder('payments/api', '1.0', JET)]), {
      mishaps: [{ path: 'storage', times: 1, status: 403, body: 'Forbidden' }],
    });
    const { exitCode, first } = await lookUp({ images: [image(API, hex(1))] });
    expect(exitCode).toBe(1);
    expect(first?.detail).toContain('no permission to read properties of folder docker-local/payments/api/1.0');
  });
});
