import { gzipSync } from 'node:zlib';
import type { RawAnswer } from './raw-server.ts';

const head = (status: string, headers: Record<string, string | number> = {}): string =>
  `HTTP/1.1 ${status}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}`;

/** A whole answer. */
const whole =
  (status: string, body: string | Buffer = '', headers: Record<string, string> = {}): RawAnswer =>
  socket => {
    socket.write(
      `${head(status, { 'Content-Type': 'application/json', ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' })}\r\n`,
    );
    socket.end(body);
  };

/** Bytes as they are. */
const bytes =
  (text: string | Buffer, end = true): RawAnswer =>
  socket => {
    socket.write(text);
    if (end) socket.end();
  };

const endless =
  (start: string, more: Buffer): RawAnswer =>
  socket => {
    socket.write(start);
    const again = () => socket.writable && socket.write(more, again);
    again();
  };

const dripping =
  (start: string): RawAnswer =>
  socket => {
    socket.write(start);
    const timer = setInterval(() => socket.write('a'), 50);
    socket.on('close', () => clearInterval(timer));
  };

const ok = head('200 OK', { 'Content-Type': 'application/json' });
const bomb = gzipSync(Buffer.alloc(40_000_000));
const BODIES = [
  '',
  'null',
  '[]',
  '{}',
  '""',
  '0',
  '{"id":{}}',
  '{"items":null}',
  '{"results":{"a":1}}',
  '{',
  '\ufeff{}',
  '<html>login',
  '[[[[',
];
const STATUSES = [...Array(60).keys()]
  .map(ten => String(ten * 10).padStart(3, '0'))
  .concat(
    '101',
    '102',
    '103',
    '204',
    '205',
    '206',
    '304',
    '307',
    '308',
    '401',
    '403',
    '404',
    '405',
    '407',
    '408',
    '409',
    '412',
    '413',
    '422',
    '429',
    '451',
    '501',
    '502',
    '503',
    '504',
    '511',
    '599',
  );

/** Every kind of answer that a remote may give. @param elsewhere where redirects lead */
export const hostileModes = (elsewhere: string): Record<string, RawAnswer> => ({
  ...Object.fromEntries(
    STATUSES.map(status => [`status ${status}`, whole(`${status} Odd`, '{"a":1}', { Location: `${elsewhere}/x` })]),
  ),
  ...Object.fromEntries(BODIES.map(body => [`200 ${JSON.stringify(body)}`, whole('200 OK', body)])),
  'status line without a code': bytes('HTTP/1.1 OK\r\n\r\n'),
  'no HTTP': bytes('SSH-2.0-OpenSSH_9.6\r\n'),
  'HTTP/0.9': bytes('<html>hello</html>'),
  'hangs up': socket => socket.destroy(),
  'hangs up at once': socket => socket.resetAndDestroy(),
  'says nothing': () => {},
  'cut in the headers': bytes(`${ok}Content-Le`),
  'headers without end': endless(ok, Buffer.from('X-A: b\r\n'.repeat(50))),
  'huge header': bytes(`${ok}X-A: ${'b'.repeat(100_000)}\r\n\r\n`),
  'hundred continue without end': endless('', Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')),
  upgrade: bytes(`${head('101 Switching Protocols', { Upgrade: 'websocket', Connection: 'Upgrade' })}\r\n`, false),
  'upgrade and end': bytes(`${head('101 Switching Protocols', { Upgrade: 'h2c', Connection: 'Upgrade' })}\r\n`),
  'cut in the body': bytes(`${ok}Content-Length: 60\r\n\r\n{"id":"17"`),
  'longer than it says': bytes(`${ok}Content-Length: 2\r\n\r\n{}{}{}{}`),
  'two lengths': bytes(`${ok}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`),
  'length and chunks': bytes(`${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  'negative length': bytes(`${ok}Content-Length: -1\r\n\r\n{}`),
  'chunks without end': bytes(`${ok}Transfer-Encoding: chunked\r\n\r\nb\r\n{"id":"17"}\r\n`),
  'chunks of no size': bytes(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`),
  'never ends': bytes(`${ok}Content-Length: 60\r\n\r\n{`, false),
  'body drips': dripping(`${ok}Content-Length: 100000\r\n\r\n`),
  'header drips': dripping(`${ok}X-A: `),
  'endless body': endless(`${ok}\r\n`, Buffer.alloc(65_536, 'a')),
  'endless chunks': endless(
    `${ok}Transfer-Encoding: chunked\r\n\r\n`,
    Buffer.from(`4000\r\n${'a'.repeat(16_384)}\r\n`),
  ),
  'endless error': endless(`${head('500 Odd')}\r\n`, Buffer.alloc(65_536, 'a')),
  'gzip that is none': whole('200 OK', '{"id":"17"}', { 'Content-Encoding': 'gzip' }),
  'gzip that is cut': whole('200 OK', gzipSync('{"id":"17"}').subarray(0, 12), { 'Content-Encoding': 'gzip' }),
  'gzip bomb': whole('200 OK', bomb, { 'Content-Encoding': 'gzip' }),
  'gzip bomb of an error': whole('400 Odd', bomb, { 'Content-Encoding': 'gzip' }),
  'brotli that is none': whole('200 OK', '{}', { 'Content-Encoding': 'br' }),
  'encoding of its own': whole('200 OK', '{}', { 'Content-Encoding': 'zstd' }),
  'many encodings': whole('200 OK', '{}', { 'Content-Encoding': 'gzip, gzip, br' }),
  'deep arrays': whole('200 OK', '['.repeat(100_000) + ']'.repeat(100_000)),
  'deep objects': whole('200 OK', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
  __proto__: whole('200 OK', '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  'no UTF-8': whole('200 OK', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  'UTF-16': whole('200 OK', Buffer.from('{"id":"1"}', 'utf16le')),
  'controls and template tags': whole('400 Odd', '\u001b[31m{{{=1+1}}}\u202e\u0000\n\nforged: line'),
  'login page': whole('200 OK', '<!DOCTYPE html><html>Sign in', { 'Content-Type': 'Text/HTML' }),
  'retry after a century': whole('503 Odd', '', { 'Retry-After': '3155760000' }),
  'retry after less than nothing': whole('429 Odd', '', { 'Retry-After': '-100' }),
  'retry at no time': whole('429 Odd', '', { 'Retry-After': 'Thu, 99 Foo 9999' }),
  'suspended for no time': whole('403 Odd', 'try again in 0 seconds'),
  'redirect to itself': whole('302 Odd', '', { Location: '/' }),
  'redirect to data': whole('302 Odd', '', { Location: 'data:application/json,{}' }),
  'redirect to a file': whole('302 Odd', '', { Location: 'file:///etc/passwd' }),
  'refresh elsewhere': whole('200 OK', '{}', { Refresh: `0; url=${elsewhere}` }),
});

const html = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

/** Answers that give back what was sent, headers and body, in every form that an error page knows. */
export function echoModes(): Record<string, RawAnswer> {
  const forms: Record<string, (text: string) => string> = {
    plain: text => text,
    html,
    json: text => JSON.stringify({ error: text, message: text }),
    'json in html': text => html(JSON.stringify({ error: text })),
    url: encodeURIComponent,
    base64: text => Buffer.from(text).toString('base64'),
    'base64 shifted': text => Buffer.from(`x${text}`).toString('base64'),
    'base64 shifted twice': text => Buffer.from(`xy${text}`).toString('base64url'),
    // Where an excerpt is cut, at whatever place of the secret.
    ...Object.fromEntries(
      [60, 100, 140, 160, 170, 180, 190].map(before => [
        `at the cut after ${before}`,
        (text: string) => '.'.repeat(before) + secretsOf(text),
      ]),
    ),
    'cut itself': text => secretsOf(text).slice(0, 32),
    description: text => JSON.stringify({ error: 'invalid', error_description: secretsOf(text) }),
  };
  const statuses = ['200 OK', '302 Found', '400 Bad', '401 No', '403 No', '409 Conflict', '500 Bad'];
  const modes = statuses.flatMap(status =>
    Object.entries(forms).map(([name, form]): [string, RawAnswer] => [
      `echo ${name} by ${status}`,
      (socket, request) => whole(status, form(request))(socket, request),
    ]),
  );
  const ids = ['id', 'recordId', 'uuid'].map((name): [string, RawAnswer] => [
    `echo as ${name}`,
    (socket, request) => whole('201 Created', JSON.stringify({ [name]: secretsOf(request) }))(socket, request),
  ]);
  return Object.fromEntries([...modes, ...ids]);
}

/** What stands in the headers and the body that is a secret, as somebody would log it. */
function secretsOf(request: string): string {
  const authorization = /^authorization: (?:\S+ )?(.*)$/im.exec(request)?.[1]?.trim();
  return authorization ?? /client_secret=([^&\s]*)/.exec(request)?.[1] ?? request.split(' ')[1] ?? '';
}
