import { describe, expect, it } from 'vitest';
import { Failure } from '../../../lib/runtime/failure.ts';
import { chooseAccess } from '../../../steps/jfrog-lookup/access.ts';
import { parseDockerConfig } from '../../../steps/jfrog-lookup/docker-config.ts';

const as = (user: string) => ({ username: user, password: 'p4ss' });
const basic = (user: string) => `Basic ${Buffer.from(`${user}:p4ss`).toString('base64')}`;
const URL = 'https://artifactory.example.com/artifactory';

function choose(url: string | undefined, auths: object, images: string[]) {
  try {
    const { baseUrl, authorization } = chooseAccess(
      url,
      parseDockerConfig(JSON.stringify({ auths }), 'regcred'),
      images,
      'regcred',
    );
    return [baseUrl, authorization];
  } catch (error) {
    return error instanceof Failure ? [error.exitCode, error.message] : error;
  }
}

describe('credentials and host', () => {
  it.each([
    [
      'the entry of the configured host',
      URL,
      { 'artifactory.example.com': as('a'), 'docker.io': as('b') },
      [],
      [URL, basic('a')],
    ],
    [
      'an entry with a path on that host',
      URL,
      { 'artifactory.example.com/docker': as('a'), 'b.example.com': as('b') },
      [],
      [URL, basic('a')],
    ],
    [
      'the only credentials',
      `${URL}/`,
      { 'docker.example.com': as('a'), 'docker-dev.example.com': as('a') },
      [],
      [URL, basic('a')],
    ],
    [
      'the host of the image',
      undefined,
      { 'docker.example.com': as('a'), 'other.example.com': as('b') },
      ['docker.example.com/pay/api'],
      ['https://docker.example.com/artifactory', basic('a')],
    ],
    [
      'the port too',
      undefined,
      { 'docker.example.com:8876': as('a') },
      ['docker.example.com:8876/api'],
      ['https://docker.example.com:8876/artifactory', basic('a')],
    ],
    [
      'the image host for a glob',
      undefined,
      { '*.example.com': as('a') },
      ['docker.example.com/api'],
      ['https://docker.example.com/artifactory', basic('a')],
    ],
    [
      'never Docker Hub',
      undefined,
      { 'https://index.docker.io/v1/': as('hub'), 'docker.example.com': as('a') },
      ['docker.io/library/redis'],
      ['https://docker.example.com/artifactory', basic('a')],
    ],
    [
      'a bearer token',
      undefined,
      { 'docker.example.com': { registrytoken: 'tok' } },
      ['docker.example.com/api'],
      ['https://docker.example.com/artifactory', 'Bearer tok'],
    ],
    [
      'an identity token',
      undefined,
      { 'docker.example.com': { identitytoken: 'idt', auth: 'AAAA' } },
      ['docker.example.com/api'],
      ['https://docker.example.com/artifactory', 'Bearer idt'],
    ],
  ])('takes %s', (_, url, auths, images, expected) => {
    expect(choose(url, auths, images)).toEqual(expected);
  });

  it.each([
    [
      'no entry for the configured host',
      URL,
      { 'a.example.com': as('a'), 'b.example.com': as('b') },
      [],
      'No credentials for the host: artifactory.example.com; regcred has entries for a.example.com, b.example.com',
    ],
    [
      'two hosts',
      undefined,
      { 'a.example.com': as('a'), 'b.example.com': as('a') },
      ['b.example.com/x', 'a.example.com/x'],
      'Several hosts may be Artifactory: a.example.com, b.example.com in regcred; name the one with artifactory.url',
    ],
    [
      'two accounts on one host',
      undefined,
      { 'a.example.com/x': as('a'), 'a.example.com/y': as('b') },
      ['a.example.com/x/i', 'a.example.com/y/i'],
      'Several hosts may be Artifactory: a.example.com/x, a.example.com/y in regcred',
    ],
    [
      'Docker Hub alone',
      undefined,
      { 'https://index.docker.io/v1/': as('hub') },
      ['docker.io/library/redis'],
      'No credentials for the host: docker.io/library/redis',
    ],
  ])('refuses %s', (_, url, auths, images, message) => {
    expect(choose(url, auths, images)).toEqual([2, expect.stringContaining(message)]);
  });
});
