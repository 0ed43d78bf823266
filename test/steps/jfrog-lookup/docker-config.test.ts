import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  decodeAuth,
  parseDockerConfig,
  type RegistryCredentials,
  secretsOf,
} from '../../../steps/jfrog-lookup/docker-config.ts';
import { credentialsFor, indexOf, isDefaultRegistry, urlsMatch } from '../../../steps/jfrog-lookup/keyring.ts';

const OWN = 'test/fixtures/docker-config';
const parse = (text: string) => parseDockerConfig(text, '--regcred');
const own = (name: string) => parse(readFileSync(`${OWN}/${name}`, 'utf8'));

describe('Docker configuration', () => {
  it('reads every form of credentials', () => {
    const { credentials, helpers } = own('every-form-of-credentials.json');
    expect(helpers).toEqual(['123.dkr.ecr.eu-west-1.amazonaws.com', '*']);
    const plain = { username: 'svc-jet', password: 's3cr3t', identityToken: null, registryToken: null, fault: null };
    const without = { username: '', password: '', fault: null };
    expect(credentials).toEqual([
      { key: 'padded.example.com', ...plain },
      { key: 'https://unpadded.example.com/v2/', ...plain, password: 's3cr3' },
      { key: 'newline.example.com:8876', ...plain },
      { key: 'auth-wins.example.com', ...plain },
      { key: 'plain.example.com/docker-local', ...plain },
      { key: 'colon.example.com', ...plain, password: 's3:cr3t' },
      { key: 'identity.example.com', ...without, identityToken: 'eyJidentity', registryToken: null },
      { key: 'bearer.example.com', ...without, identityToken: null, registryToken: 'eyJregistry' },
    ]);
  });

  it.each(['Zm9vOmJhcg=', 'Zm9vOmJhc', 'Zm9vOmJhcg===', 'Zm9v*OmJhcg=='])('does not read %s as base64', auth => {
    expect(decodeAuth(auth)).toBeNull();
  });

  it('reads the legacy form', () => {
    expect(own('legacy-dockercfg.json').credentials).toMatchObject([
      { key: 'https://legacy.example.com', username: 'svc-jet', password: 's3cr3t' },
    ]);
  });

  it('knows every form that a secret travels in', () => {
    const secrets = secretsOf(own('every-form-of-credentials.json'));
    expect(secrets).toEqual(
      expect.arrayContaining(['s3cr3t', 's3:cr3t', 'c3ZjLWpldDpzM2NyM3Q=', 'eyJidentity', 'eyJregistry']),
    );
  });

  it.each([
    '{"auths":{"h.example.com":{"auth":"Zm9vOmJhcg==","email":null,"username":null}},"credHelpers":null,"credsStore":null}',
    '{"auths":{"old.example.com":null,"h.example.com":{"auth":"Zm9vOmJhcg=="}},"credHelpers":{"x":null}}',
    '{"auths":{"old.example.com":7,"h.example.com":{"auth":"Zm9vOmJhcg=="}},"HttpHeaders":null}',
    '{"auths":{"old.example.com":{"password":7},"h.example.com":{"auth":"Zm9vOmJhcg==","email":false}},"credsStore":""}',
    '{"auths":{"old.example.com":{"auth":"not base64!"},"h.example.com":{"auth":"Zm9vOmJhcg=="}}}',
    '{"Auths":{"h.example.com":{"AUTH":"Zm9vOmJhcg=="}}}',
    '\uFEFF{"auths":{"h.example.com":{"Username":"foo","PassWord":"bar"}}}',
    '{"old.example.com":null,"h.example.com":{"username":"foo","password":"bar","auth":""}}',
  ])('reads the entry beside what is odd: %s', text => {
    expect(credentialsFor('h.example.com/a', parse(text).credentials)).toMatchObject([
      { username: 'foo', password: 'bar', fault: null },
    ]);
  });

  it.each(['{"auths":null}', '{"auths":[]}', '{}', 'null', '[]', '"x"', '{"auths":"x"}'])('refuses %s', text => {
    expect(() => parse(text)).toThrow();
  });

  it('does not say that a helper of another registry keeps what an entry lacks', () => {
    const { credentials } = parse('{"auths":{"h.example.com":{}},"credHelpers":{"other.example.com":"ecr-login"}}');
    expect(credentials[0]?.fault?.message).toContain('Entry without credentials: h.example.com');
  });

  it.each([
    [
      'a path of its own first',
      ['h.example.com', 'h.example.com/a', '*.example.com'],
      'h.example.com/a/b',
      ['h.example.com/a', 'h.example.com', '*.example.com'],
    ],
    ['the path as a plain prefix', ['h.example.com/foo'], 'h.example.com/foobar', ['h.example.com/foo']],
    ['the default port as none', ['h.example.com:443'], 'h.example.com/a', ['h.example.com:443']],
    ['none as the default port', ['h.example.com'], 'h.example.com:443/a', ['h.example.com']],
    ['no other port', ['h.example.com:80'], 'h.example.com/a', []],
    ['no set that is none', ['[z-a].example.com'], 'z.example.com/a', []],
    ['a glob for one label only', ['*.io'], 'a.b.io/c', []],
    ['as many labels only', ['docker.example'], 'docker.example.com/c', []],
    ['a set of characters', ['docker-[ab].example.com'], 'docker-b.example.com/c', ['docker-[ab].example.com']],
    ['no host twice', ['docker-[^ab].example.com'], 'docker-b.example.com/c', []],
    ['one character', ['docker-?.example.com'], 'docker-b.example.com/c', ['docker-?.example.com']],
    ['an IPv6 address', ['http://[::1]:5000', '[::2]'], '[::1]:5000/a', ['http://[::1]:5000']],
    ['an IPv6 address without a port', ['[::1]'], '[::1]/a', ['[::1]']],
    ['upper case in a host', ['Docker.Example.com'], 'docker.example.COM/a', ['Docker.Example.com']],
    [
      'both schemes',
      ['http://h.example.com', 'https://h.example.com/v2/'],
      'h.example.com/a',
      ['http://h.example.com', 'https://h.example.com/v2/'],
    ],
  ])('matches %s', (_, keys, target, expected) => {
    const entries = keys.map(key => ({
      key,
      username: 'u',
      password: 'p',
      identityToken: null,
      registryToken: null,
      fault: null,
    }));
    expect(credentialsFor(target, entries).map(one => one.key)).toEqual(expected);
  });
});

interface Vector {
  globUrl: string;
  targetUrl: string;
  match: boolean;
  configKey: string;
  lookup: string;
  hit: boolean;
  image: string;
  expected: boolean;
  input: string;
  username: string;
  password: string;
  fail?: boolean;
  expect?: unknown;
}

/** The vectors hold the e-mail address too, which nothing here needs. */
const asVector = (one: RegistryCredentials | undefined) => ({
  username: one?.username,
  password: one?.password,
  email: expect.any(String),
});

const data = process.env.AFTERSYNC_TEST_DATA;

describe.skipIf(!data)("the kubelet's vectors (need AFTERSYNC_TEST_DATA)", () => {
  const folder = join(data ?? '', '05-dockerconfigjson');
  const read = (name: string): Record<string, Vector[]> =>
    data ? JSON.parse(readFileSync(join(folder, name), 'utf8')) : {};
  const keyring = read('k8s-keyring-vectors.json');
  const decode = read('k8s-config-decode-vectors.json');
  const lookup = (key: string, image: string) =>
    credentialsFor(image, parse(JSON.stringify({ auths: { [key]: { auth: 'Zm9vOmJhcg==' } } })).credentials);
  const attempt = (text: string) => {
    try {
      const { credentials } = parse(text);
      return credentials.some(({ fault }) => fault !== null) ? null : credentials;
    } catch {
      return null;
    }
  };

  it.each(keyring.urlsMatch ?? [])('urlsMatch $globUrl $targetUrl', ({ globUrl, targetUrl, match }) => {
    expect(urlsMatch(globUrl, targetUrl)).toBe(match);
  });
  it.each(keyring.keyringHit ?? [])('hit $configKey $lookup', vector => {
    expect(lookup(vector.configKey, vector.lookup)).toMatchObject([{ username: 'foo', password: 'bar' }]);
  });
  it.each(keyring.keyringMiss ?? [])('miss $configKey $lookup', vector => {
    expect(lookup(vector.configKey, vector.lookup)).toEqual([]);
  });
  it.each(keyring.dockerHub ?? [])('Docker Hub $lookup', vector => {
    expect(lookup(vector.configKey, vector.lookup)).toHaveLength(vector.hit ? 1 : 0);
  });
  it.each(keyring.isDefaultRegistryMatch ?? [])('default registry $image', ({ image, expected }) => {
    expect(isDefaultRegistry(image)).toBe(expected);
  });
  it.each(decode.entryDecode ?? [])('entry $input', ({ input, expect: expected, fail }) => {
    const credentials = attempt(`{"auths":{"h.example.com":${input}}}`);
    if (fail) expect(credentials).toBeNull();
    else expect(expected).toEqual(asVector(credentials?.[0]));
  });
  it.each(decode.authField ?? [])('auth $input', ({ input, username, password, fail }) => {
    expect(decodeAuth(input)).toEqual(fail ? null : { username, password });
  });
  it.each([...(decode.dockercfgLegacy ?? []), ...(decode.dockerconfigjson ?? [])])('file $input', vector => {
    const credentials = attempt(vector.input);
    if (vector.fail) expect(credentials).toBeNull();
    else expect(vector.expect).toEqual(Object.fromEntries((credentials ?? []).map(one => [one.key, asVector(one)])));
  });
  it.each([
    'image-updater_valid-config.json',
    'image-updater_valid-config-noproto.json',
    'image-updater_invalid1-config.json',
  ])('%s', name => {
    const { credentials } = parse(readFileSync(join(folder, name), 'utf8'));
    expect(credentials.map(one => indexOf(one.key))).toEqual(['registry-1.docker.io']);
    expect(credentialsFor('registry-1.docker.io/library/nginx', credentials)).toMatchObject([
      { username: 'foo', password: 'bar' },
    ]);
  });
});
