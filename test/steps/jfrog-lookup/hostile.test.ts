import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type RawAnswer, rawServer } from '../../support/raw-server.ts';
import { CANARY, hex, image, JET, lookUp } from './lookup.ts';

const server = await rawServer();
const elsewhere = await rawServer();
const HOST = `127.0.0.1:${server.port}`;
const SECRETS = [CANARY, Buffer.from(`svc-jet:${CANARY}`).toString('base64')];

const answer =
  (head: string, body: string | Buffer = ''): RawAnswer =>
  socket => {
    socket.write(`HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n`);
    socket.end(body);
  };
const json = (value: unknown) => answer('200 OK\r\nContent-Type: application/json', JSON.stringify(value));
const trickle: RawAnswer = socket => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"results":[');
  const timer = setInterval(() => socket.write(' '), 50);
  socket.on('close', () => clearInterval(timer));
};
const echo: RawAnswer = (socket, request) => {
  const text = request.replace(/\s+/g, ' ');
  answer('400 Bad Request\r\nContent-Type: text/html', `<p>${text}</p>\u001b[31m\u202e{{workflow.name}}`)(
    socket,
    request,
  );
};
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const page = '<!DOCTYPE html><title>Sign in</title>';

/** What no Artifactory answers, by name. */
const HOSTILE: Record<string, RawAnswer> = {
  'a page': answer('200 OK\r\nContent-Type: text/html', page),
  'a page as JSON': answer('200 OK\r\nContent-Type: application/json', page),
  text: answer('200 OK', 'OK'),
  nothing: answer('200 OK\r\nContent-Length: 0'),
  null: json(null),
  'a list': json([]),
  'a text of JSON': json('x'),
  'nulls in every place': json({ results: null, properties: null, buildInfo: null, rclass: null, manifests: null }),
  'other types': json({ results: {}, properties: [1], buildInfo: 7, rclass: [], manifests: 'x' }),
  'odd elements': json({
    results: [null, 7, 'x'],
    properties: { a: null },
    buildInfo: { vcs: [null] },
    manifests: [null],
  }),
  'deep JSON': answer('200 OK\r\nContent-Type: application/json', deep),
  'deep JSON where it is read': answer(
    '200 OK',
    `{"results":${deep},"properties":{"jetId":${deep}},"manifests":${deep}}`,
  ),
  'a key of prototypes': answer(
    '200 OK',
    '{"__proto__":{"results":[]},"properties":{"__proto__":["x"]},"constructor":1}',
  ),
  'cut JSON': answer('200 OK\r\nContent-Length: 900', '{"results":['),
  'cut chunks': answer('200 OK\r\nTransfer-Encoding: chunked', 'b\r\n{"results"'),
  'no gzip': answer('200 OK\r\nContent-Encoding: gzip', '{"results":[]}'),
  'a bomb': answer('200 OK\r\nContent-Encoding: gzip', gzipSync(Buffer.alloc(20_000_000, ' '))),
  'UTF-16': answer(
    '200 OK\r\nContent-Type: application/json;charset=utf-16',
    Buffer.from('\ufeff{"results":[]}', 'utf16le'),
  ),
  'no bytes of UTF-8': answer('200 OK', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  101: answer('101 Switching Protocols\r\nUpgrade: h2c'),
  206: answer('206 Partial Content\r\nContent-Range: bytes 0-9/99', '{"results":'),
  204: answer('204 No Content'),
  '301 elsewhere': answer(`301 Moved\r\nLocation: ${elsewhere.url}/\r\nContent-Length: 0`),
  '307 elsewhere': answer(`307 Moved\r\nLocation: ${elsewhere.url}/\r\nContent-Length: 0`),
  '400 that echoes': echo,
  401: answer('401 Unauthorized\r\nContent-Length: 0'),
  403: answer('403 Forbidden', page),
  '403 for no time': answer('403 Forbidden', 'try again in 0 second(s)'),
  '403 for ever': answer('403 Forbidden', `try again in ${'9'.repeat(400)} seconds`),
  404: answer('404 Not Found', page),
  409: answer('409 Conflict', '{}'),
  429: answer('429 Too Many\r\nRetry-After: -1', '{}'),
  500: answer('500 Error', page),
  503: answer('503 Busy\r\nRetry-After: 99999999999', ''),
  'a status of three zeros': answer('000 Nothing', '{}'),
  'no HTTP': socket => socket.end('SSH-2.0-OpenSSH\r\n'),
  'an end at once': socket => socket.end(),
  'a reset': socket => socket.destroy(),
  silence: () => {},
  'an endless answer': trickle,
};

/** Parts of the API, each with how it is asked for. */
const PARTS: Record<string, RegExp> = {
  search: /^POST \S+\/api\/search\/aql/,
  properties: /^GET \S+\/api\/storage\//,
  build: /^GET \S+\/api\/build\//,
  repositories: /^GET \S+\/api\/repositories\//,
  registry: /^(GET|HEAD) \S+\/api\/docker\//,
};

const pairs = (properties: Record<string, string>) =>
  Object.entries(properties).map(([key, value]) => ({ key, value }));
const row = (repo: string, path: string, name: string, digest: string, properties: Record<string, string>) => ({
  repo,
  path,
  name,
  sha256: digest,
  created: '2026-01-01T00:00:00Z',
  properties: pairs(properties),
});
/** What each of the images needs to be read to its end: nothing more, all of the API, the kind of a repository, the registry. */
const ROWS = [
  row('docker-local', 'pay/good/1', 'manifest.json', hex(1), JET),
  row('docker-local', 'pay/index/1', 'list.manifest.json', hex(2), { 'build.name': 'pay', 'build.number': '7' }),
  row('hub-cache', 'library/redis/7', 'manifest.json', hex(3), {}),
];
const IMAGES = [
  image(`${HOST}/docker-local/pay/good:1`, hex(1)),
  image(`${HOST}/docker-local/pay/index:1`, hex(2)),
  image(`${HOST}/hub/library/redis:7`, hex(3)),
  image(`${HOST}/docker-local/pay/absent:1`, hex(4)),
];

const good: RawAnswer = (socket, request) => {
  if (PARTS.search?.test(request))
    json({ results: ROWS.filter(({ sha256 }) => request.includes(sha256)) })(socket, request);
  else if (PARTS.repositories?.test(request)) json({ rclass: 'remote' })(socket, request);
  else if (/^GET \S+\/api\/docker\//.test(request))
    json({ manifests: [{ digest: `sha256:${hex(9)}` }] })(socket, request);
  else answer('404 Not Found', '{}')(socket, request);
};

async function against(part: string, hostile: RawAnswer) {
  server.requests.length = 0;
  server.answer = (socket, request) => (PARTS[part]?.test(request) ? hostile : good)(socket, request);
  const { exitCode, output, set } = await lookUp({
    images: IMAGES,
    artifactory: { url: `http://${HOST}/artifactory`, timeoutSeconds: 1, budgetSeconds: 2 },
    regcred: { auths: { [HOST]: { username: 'svc-jet', password: CANARY } } },
  });
  return { exitCode, set, output, lines: output.trim().split('\n') };
}

describe('an Artifactory that is none', () => {
  it.each(Object.keys(PARTS))(
    'in %s: one line, the right exit code, and the others unharmed',
    { timeout: 240_000 },
    async part => {
      for (const [name, hostile] of Object.entries(HOSTILE)) {
        const { exitCode, set, output, lines } = await against(part, hostile);
        const about = `${part}: ${name}: exit ${exitCode}: ${output}`;
        expect(
          server.requests.some(request => PARTS[part]?.test(request)),
          about,
        ).toBe(true);
        expect([1, 75], about).toContain(exitCode);
        expect(
          lines.filter(line => line.startsWith('jfrog-lookup: ')),
          about,
        ).toHaveLength(1);
        expect(lines.length, about).toBe(1 + (set?.artifacts.length ?? 0));
        expect(output, about).not.toMatch(/Unexpected|this is a bug/);
        for (const text of [output.replaceAll('\n', ''), JSON.stringify(set)]) {
          expect(text, about).not.toMatch(/[\p{Cc}\u202e]|\{\{/u);
          for (const secret of SECRETS)
            for (let at = 0; at + 10 <= secret.length; at += 1)
              expect(text, about).not.toContain(secret.slice(at, at + 10));
        }
        if (part !== 'search') expect(set?.artifacts[0]?.outcome, about).toBe('resolved');
        // Nothing is said to be there, or somebody else's, that was not seen to be.
        if (part === 'search')
          expect(set?.artifacts.some(({ outcome }) => outcome === 'resolved') ?? false, about).toBe(false);
      }
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it('records what it can where one image alone is hostile to a batch', async () => {
    const odd = hex(2);
    server.answer = (socket, request) => {
      const asks = PARTS.search?.test(request) && request.includes(odd);
      (asks ? answer('400 Bad Request', 'Failed to parse query') : good)(socket, request);
    };
    const { set, exitCode } = await lookUp({
      images: IMAGES.slice(0, 2),
      artifactory: { url: `http://${HOST}/artifactory`, timeoutSeconds: 1, budgetSeconds: 2 },
      regcred: { auths: { [HOST]: { username: 'svc-jet', password: CANARY } } },
    });
    expect([exitCode, set?.artifacts.map(({ outcome }) => outcome)]).toEqual([1, ['resolved', 'not-looked-up']]);
  });
});
