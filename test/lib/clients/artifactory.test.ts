import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpResponse, http } from 'msw';
import { describe, expect, it } from 'vitest';
import { createArtifactory, SearchTrimmed } from '../../../lib/clients/artifactory.ts';
import { parseAnswer, SearchAnswer } from '../../../lib/clients/artifactory-answers.ts';
import { createBudget } from '../../../lib/runtime/budget.ts';
import { Failure } from '../../../lib/runtime/failure.ts';
import { createArtifactoryStandIn } from '../../../local/standins/artifactory.ts';
import { remotes } from '../../support/remotes.ts';

const network = remotes();
const HEX = '1'.repeat(64);

const client = (concurrency = 2) =>
  createArtifactory({
    baseUrl: 'https://art.example.com/artifactory',
    authorization: `Basic ${Buffer.from('svc:pass').toString('base64')}`,
    credentials: 'the entry art.example.com of Secret regcred',
    timeoutSeconds: 2,
    concurrency,
    budget: createBudget(3),
  });

const STATE = {
  credentials: { username: 'svc', password: 'pass' },
  repositories: [
    { key: 'docker-local', rclass: 'local' as const },
    { key: 'secret', rclass: 'local' as const, forbidden: true },
  ],
  items: [
    {
      repo: 'docker-local',
      path: 'pay/api/1.0',
      name: 'manifest.json',
      sha256: HEX,
      properties: { branch: ['a', 'b'] },
    },
    { repo: 'docker-local', path: 'pay', name: 'empty', type: 'folder' as const },
  ],
  builds: [{ name: 'pay/api #1', number: '7', vcs: [{ url: 'u', revision: 'r' }], properties: { a: 'b', n: 1 } }],
  manifests: {
    [`sha256:${HEX}`]: {
      manifests: [
        { digest: `sha256:${'a'.repeat(64)}`, platform: { os: 'linux' } },
        { digest: `sha256:${'b'.repeat(64)}`, platform: { os: 'unknown' } },
        { digest: 'sha256:x"},{"path":{"$match":"*' },
        null,
        { digest: `sha256:${'c'.repeat(64)}`, platform: null },
      ],
    },
  },
};

function standIn() {
  const remote = createArtifactoryStandIn(STATE);
  network.use(remote);
  return remote.received;
}

/** Answers every request with the given answers one after the other, the last one for ever. */
function answering(...answers: (() => Response)[]) {
  const seen: Request[] = [];
  const handler = http.all('https://art.example.com/*', ({ request }) => {
    seen.push(request);
    return (answers[Math.min(seen.length, answers.length) - 1] ?? HttpResponse.error)();
  });
  network.use({ handlers: [handler] });
  return seen;
}

const failure = async (work: Promise<unknown>) => {
  const error = await work.catch((reason: unknown) => reason);
  return error instanceof Failure ? [error.exitCode, error.message] : error;
};

const FIXTURE = readFileSync('test/fixtures/artifactory/aql-with-empty-row-and-valueless-property.json', 'utf8');

describe('Artifactory client', () => {
  it('searches, and tolerates empty rows, items without properties and properties without value', async () => {
    const seen = answering(() => HttpResponse.text(FIXTURE));
    const items = await client().search('items.find({})');
    expect(items.map(one => one.path)).toEqual(['payments/api/1.0', 'payments/web/1.0']);
    expect(items[0]?.properties.map(one => one.value)).toEqual(['70F2', 'main', 'release/1.0', '']);
    expect(items[1]).toMatchObject({ sha256: null, created: null, properties: [] });
    expect(seen[0]?.headers.get('content-type')).toBe('text/plain');
  });

  it('leaves what is odd in one row to that row', async () => {
    const row = (more: object) => ({ repo: 'r', path: 'p', name: 'n', sha256: HEX, ...more });
    const odd = [null, 7, [], row({ repo: 7 }), row({ path: null })];
    const results = [...odd, row({ properties: [null, 'x', { key: 7, value: 'a' }, { key: 'k', value: 'v' }] })];
    answering(() => HttpResponse.json({ results, range: null }));
    expect(await client().search('q')).toEqual([
      { repo: 'r', path: 'p', name: 'n', sha256: HEX, created: null, properties: [{ key: 'k', value: 'v' }] },
    ]);
    answering(() => HttpResponse.json({ properties: { a: ['x', 7, null], b: null, c: 'y', d: { e: 'z' } } }));
    expect(await client().properties('r', 'p')).toEqual({
      state: 'found',
      value: [
        { key: 'a', value: 'x' },
        { key: 'c', value: 'y' },
      ],
    });
  });

  it.each(['text', 'sha256:x"},{"', `sha512:${HEX}`])(
    'takes no digest from a header that has none: %s',
    async value => {
      answering(() => new HttpResponse(null, { headers: { 'Docker-Content-Digest': value } }));
      expect(await client().head('r', 'i', 't')).toEqual({ state: 'found', value: { digest: null, repository: null } });
    },
  );

  it('reads no index of hundreds of platforms', async () => {
    const manifests = Array.from({ length: 101 }, () => ({ digest: `sha256:${HEX}` }));
    answering(() => HttpResponse.json({ manifests }));
    expect(await failure(client().platforms('r', 'i', 't'))).toEqual([
      1,
      expect.stringContaining('too many platforms'),
    ]);
  });

  it.each(['..', '.', '', '\ud800'])('asks nothing for a build that is called %j', async name => {
    expect(await failure(client().build(name, 'security', null))).toEqual([1, expect.stringContaining('Not a name')]);
    expect(await failure(client().properties('r', `a/${name}/b`))).toEqual([1, expect.stringContaining('Not a name')]);
  });

  it('never takes a trimmed answer for a whole one', async () => {
    answering(() => HttpResponse.json({ results: [], range: { notification: 'results are trimmed.' } }));
    await expect(client().search('q')).rejects.toBeInstanceOf(SearchTrimmed);
  });

  it('repeats the words of a 400', async () => {
    standIn();
    expect(await failure(client().search('items.find({}).sort({})'))).toEqual([
      1,
      expect.stringContaining('Failed to parse query'),
    ]);
    standIn();
    expect(await failure(client().search('x'.repeat(6000)))).toEqual([
      1,
      expect.stringContaining('AQL query is too long'),
    ]);
  });

  it('reads properties, and tells none from absent from forbidden', async () => {
    standIn();
    const { properties } = client();
    expect(await properties('docker-local', 'pay/api/1.0/manifest.json')).toEqual({
      state: 'found',
      value: [
        { key: 'branch', value: 'a' },
        { key: 'branch', value: 'b' },
      ],
    });
    expect(await properties('docker-local', 'pay/empty')).toEqual({ state: 'found', value: [] });
    expect(await properties('docker-local', 'pay/other')).toEqual({ state: 'absent' });
    expect(await properties('secret', 'pay')).toEqual({ state: 'forbidden' });
  });

  it('reads a build whose name needs encoding, and keeps only properties of text', async () => {
    const received = standIn();
    expect(await client().build('pay/api #1', '7', 'pay')).toEqual({
      state: 'found',
      value: { vcs: [{ url: 'u', revision: 'r' }], properties: [{ key: 'a', value: 'b' }] },
    });
    expect(received[0]).toMatchObject({ path: '/artifactory/api/build/pay%2Fapi%20%231/7', query: '?project=pay' });
    expect(await client().build('pay/api', '8', null)).toEqual({ state: 'absent' });
  });

  it('reads the kind of a repository', async () => {
    standIn();
    expect(await client().repositoryClass('docker-local')).toEqual({ state: 'found', value: 'local' });
    expect(await client().repositoryClass('other')).toEqual({ state: 'absent' });
  });

  it('asks the registry for digest, repository and platforms', async () => {
    standIn();
    const { head, platforms } = client();
    const found = { state: 'found', value: { digest: `sha256:${HEX}`, repository: 'docker-local' } };
    expect(await head('docker-local', 'pay/api', '1.0')).toEqual(found);
    expect(await head('docker-local', 'pay/api', `sha256:${HEX}`)).toEqual(found);
    expect(await head('docker-local', 'pay/api', '2.0')).toEqual({ state: 'absent' });
    expect(await head('secret', 'pay/api', '1.0')).toEqual({ state: 'forbidden' });
    expect(await platforms('docker-local', 'pay/api', '1.0')).toEqual({
      state: 'found',
      value: [`sha256:${'a'.repeat(64)}`, `sha256:${'c'.repeat(64)}`],
    });
  });

  it.each([
    ['<html></html>', 'answered HTML instead of JSON'],
    ['OK', 'answered text instead of JSON'],
    ['{"result":[]}', 'answered otherwise than documented'],
  ])('refuses %j', async (body, message) => {
    answering(() => HttpResponse.text(body));
    expect(await failure(client().search('q'))).toEqual([1, expect.stringContaining(message)]);
  });

  it('sends the first request alone, and none after a 401', async () => {
    const seen = answering(() =>
      HttpResponse.json({ errors: [{ status: 401, message: 'Bad credentials' }] }, { status: 401 }),
    );
    const { search } = client(3);
    const results = await Promise.all(['a', 'b', 'c'].map(query => failure(search(query))));
    expect(results[2]).toEqual([
      1,
      expect.stringContaining('; correct the entry art.example.com of Secret regcred: it was not accepted'),
    ]);
    expect(new Set(results.map(String)).size).toBe(1);
    expect(seen).toHaveLength(1);
  });

  it('asks a part of the API that wants another login no second time', async () => {
    const seen = answering(
      () => HttpResponse.text(FIXTURE),
      () => new HttpResponse(null, { status: 401 }),
      () => HttpResponse.text(FIXTURE),
    );
    const { head, search } = client();
    await search('a');
    expect(await head('docker-local', 'pay/api', '1.0')).toEqual({ state: 'forbidden' });
    expect(await head('docker-local', 'pay/web', '1.0')).toEqual({ state: 'forbidden' });
    expect(await search('b')).toHaveLength(2);
    expect(seen).toHaveLength(3);
  });

  it('goes on after a first request that failed otherwise', async () => {
    const seen = answering(
      () => new HttpResponse('', { status: 400 }),
      () => HttpResponse.text(FIXTURE),
    );
    const { search } = client();
    const [first, second] = await Promise.all([failure(search('a')), search('b')]);
    expect(first).toEqual([1, expect.stringContaining('answered 400')]);
    expect(second).toHaveLength(2);
    expect(seen).toHaveLength(2);
  });

  it('does not hammer a server that suspends the account for no time', async () => {
    const seen = answering(() => new HttpResponse('please try again in 0 second(s)', { status: 403 }));
    expect(await failure(client().search('a'))).toEqual([75, expect.stringContaining('has suspended the account')]);
    expect(seen).toHaveLength(2);
  });

  it('keeps to its concurrency', async () => {
    let open = 0;
    let most = 0;
    const handler = http.all('https://art.example.com/*', async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise(resolve => setTimeout(resolve, 20));
      open -= 1;
      return HttpResponse.text(FIXTURE);
    });
    network.use({ handlers: [handler] });
    const { search } = client(2);
    await Promise.all(Array.from({ length: 9 }, () => search('q')));
    expect(most).toBe(2);
  });
});

const data = process.env.AFTERSYNC_TEST_DATA;
const AQL_FILES = [
  'jfrog-cli-core_search_results',
  'jfrog-client-go_no_results',
  'jfrog-client-go_prebuffer_file',
  'jfrog-client-go_load_missing_props_nosorted_withprops',
];

describe.skipIf(!data)('answers of real servers (need AFTERSYNC_TEST_DATA)', () => {
  it.each(AQL_FILES)('%s is a search answer', name => {
    const text = readFileSync(join(data ?? '', '06-jfrog/aql', `${name}.json`), 'utf8');
    expect(() => parseAnswer(SearchAnswer, text, name)).not.toThrow();
  });

  it('reads build-infos of several generations', async () => {
    const folder = join(data ?? '', '06-jfrog/build-info');
    for (const name of [
      'build-info-go_build-info',
      'artifactory-client-java_build',
      'docker-multiarch_from-go-literal',
    ]) {
      const info = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      answering(() => HttpResponse.json('buildInfo' in info ? info : { buildInfo: info }));
      expect((await client().build('n', '1', null)).state, name).toBe('found');
    }
  });

  it('reads the properties of a file', async () => {
    answering(() =>
      HttpResponse.text(readFileSync(join(data ?? '', '06-jfrog/storage/devopshq_properties.json'), 'utf8')),
    );
    const answer = await client().properties('r', 'p');
    expect(answer).toMatchObject({ state: 'found', value: [{ key: 'test', value: 'test_property' }, {}, {}] });
  });
});
