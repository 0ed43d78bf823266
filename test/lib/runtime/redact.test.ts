import { describe, expect, it } from 'vitest';
import { redact, registerSecret } from '../../../lib/runtime/redact.ts';

const SECRET = 'CANARYsecret&<+/="4711\\ü-_';
const SHORT = 'hun"er2';
const PASSWORD = 'CANARYregpass0123456789';
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.CANARYpayload_-x.CANARYsignature';
for (const secret of [SECRET, SHORT, PASSWORD, TOKEN]) registerSecret(secret);
registerSecret('https://hooks.example.com/services/T0CANARY/B0CANARY/XyZ');
registerSecret('-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE KEY-----');

const html = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
const entities = (text: string) => [...text].map(letter => `&#x${letter.codePointAt(0)?.toString(16)};`).join('');
const percent = (text: string) => [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const escapes = (text: string) =>
  [...text].map(letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

const FORMS: Record<string, (text: string) => string> = {
  plain: text => text,
  html,
  'html twice': text => html(html(text)),
  'numeric entities': entities,
  json,
  'json in json': text => json(json(text)),
  'json as Go writes it': text => json(text).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026'),
  'json as PHP writes it': text => json(text).replaceAll('/', '\\/'),
  'escapes alone': escapes,
  url: encodeURIComponent,
  'url twice': text => encodeURIComponent(encodeURIComponent(text)),
  'every byte of a url': percent,
  form: text => new URLSearchParams([['', text]]).toString().slice(1),
  'url in html in json': text => json(html(encodeURIComponent(text))),
  base64,
  base64url: text => Buffer.from(text).toString('base64url'),
  'base64 in a url': text => encodeURIComponent(base64(text)),
  'base64 on lines': text => base64(text).replace(/.{12}(?=.)/g, '$&\r\n'),
  'utf-16': text => [...text].join('\u0000'),
};

describe('a secret', () => {
  it.each(Object.keys(FORMS))('is hidden as %s', name => {
    const form = FORMS[name] ?? String;
    for (const secret of [SECRET, PASSWORD, TOKEN]) {
      expect(redact(form(secret))).toMatch(/^\*\*\*=*$/);
      expect(redact(`sent "${form(secret)}", refused`)).toMatch(/^sent "\*\*\*=*(%3D)*", refused$/);
    }
    if (name !== 'base64 on lines') expect(redact(`of ${form(SHORT)}.`)).toMatch(/^of \*\*\*=*\.$/);
  });

  it.each([0, 1, 2, 3, 7])('is hidden in base64 after %d bytes of something else', before => {
    for (const secret of [SECRET, PASSWORD, TOKEN]) {
      const text = base64(`${'u'.repeat(before)}:${secret}, and more`);
      expect(decodings(redact(text)).filter(decoded => sharesTen(decoded, secret))).toEqual([]);
    }
  });

  it('is hidden where it was cut, to its last nine letters', () => {
    for (let end = 10; end < PASSWORD.length; end += 1) {
      expect(redact(`Bearer ${PASSWORD.slice(0, end)}`)).toBe('Bearer ***');
      expect(redact(`${PASSWORD.slice(-end)} said`)).toBe('*** said');
    }
  });

  it('is not the server of its URL, nor the armour of a key', () => {
    for (const text of ['https://hooks.example.com/other', '-----BEGIN PRIVATE KEY-----', 'no PRIVATE KEY'])
      expect(redact(text)).toBe(text);
    expect(redact('POST /services/T0CANARY/B0CANARY/XyZ')).toBe('POST ***');
    expect(redact('key MIGHAgEAMBMGByqGSM49AgEG')).toBe('key ***');
  });

  it('leaves everything else as it is', () => {
    const text = 'a 100% &lt;safe&gt; {"json": "t\\u00e4xt"}\n\tC:\\new %zz &#1; &nope; \u0000\u202e end';
    expect(redact(text)).toBe(text);
    expect(redact(`${text}${PASSWORD}${text}`)).toBe(`${text}***${text}`);
  });
});

const decodings = (text: string): string[] =>
  [0, 1, 2, 3].map(skip => Buffer.from(text.slice(skip), 'base64').toString('latin1'));

const sharesTen = (text: string, secret: string): boolean =>
  Array.from({ length: secret.length - 9 }, (_, at) => secret.slice(at, at + 10)).some(ten => text.includes(ten));

it('costs no more than the length of the text', () => {
  const started = performance.now();
  for (const text of ['\\', '&amp;', '%25', '%', 'CANARYsecr', '\u0000', '&#', '\\u'])
    redact(text.repeat(300_000 / text.length));
  expect(performance.now() - started).toBeLessThan(20_000);
});
