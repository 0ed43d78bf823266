import { describe, expect, it } from 'vitest';
import { asDigest, formatImageReference, parseImageReference } from '../../../lib/images/reference.ts';

const HEX = 'a'.repeat(64);
const DIGEST = `sha256:${HEX}`;

describe('parseImageReference', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', 'latest', null],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', null],
    ['bitnami/redis:7', 'docker.io', 'bitnami/redis', '7', null],
    ['index.docker.io/nginx', 'docker.io', 'library/nginx', 'latest', null],
    [`nginx@${DIGEST}`, 'docker.io', 'library/nginx', null, DIGEST],
    [`nginx:1.27@${DIGEST}`, 'docker.io', 'library/nginx', '1.27', DIGEST],
    ['registry.example.com:5000/pay/api:v1', 'registry.example.com:5000', 'pay/api', 'v1', null],
    ['localhost/api', 'localhost', 'api', 'latest', null],
    ['[2001:db8::1]:5000/api:v1', '[2001:db8::1]:5000', 'api', 'v1', null],
    ['Registry/api:v1', 'Registry', 'api', 'v1', null],
    ['my_registry.corp.local/team/app:1.2', 'my_registry.corp.local', 'team/app', '1.2', null],
    [`a.b_c.local/app@${DIGEST}`, 'a.b_c.local', 'app', null, DIGEST],
    ['my_team/app', 'docker.io', 'my_team/app', 'latest', null],
  ])('reads %s', (text, registry, repository, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest });
  });

  it.each([
    '',
    ' ',
    'nginx ',
    'nginx\n',
    '{{ .Values.image }}',
    '$(id)',
    'api:{{workflow.name}}',
    '../../etc/passwd',
    'https://registry.example.com/api:v1',
    'registry.example.com/Api:v1',
    'my_registry.corp.local:5000/app:1',
    'my_registry.corp.local/App',
    `api@sha256:${HEX.toUpperCase()}`,
    `api@sha256:${HEX.slice(1)}`,
    `api@sha512:${HEX}${HEX}`,
    HEX,
    `registry.example.com/${'a'.repeat(256)}`,
    `${'a.'.repeat(3000)}com/api`,
    'a\u0000b',
  ])('refuses %j', text => {
    expect(parseImageReference(text)).toBeNull();
  });

  it.each(['a'.repeat(1_000_000), `${'a-'.repeat(500_000)}^`, `${'a.'.repeat(500_000)}/`, '/'.repeat(1_000_000)])(
    'refuses a megabyte of nonsense without matching it',
    text => {
      expect(parseImageReference(text)).toBeNull();
    },
  );
});

describe('formatImageReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['my_registry.corp.local/app:1', 'my_registry.corp.local/app:1'],
    [`nginx:1.27@${DIGEST}`, `docker.io/library/nginx:1.27@${DIGEST}`],
    [`ghcr.io/a/b@${DIGEST}`, `ghcr.io/a/b@${DIGEST}`],
  ])('spells %s out', (text, spelled) => {
    const reference = parseImageReference(text);
    expect(reference && formatImageReference(reference)).toBe(spelled);
  });
});

describe('asDigest', () => {
  it.each([
    [DIGEST, DIGEST],
    [HEX, null],
    ['', null],
    [`sha512:${HEX}${HEX}`, null],
    [`nginx@${DIGEST}`, null],
  ])('answers %s', (text, digest) => {
    expect(asDigest(text)).toBe(digest);
  });
});
