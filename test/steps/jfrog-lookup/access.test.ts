import { describe, expect, it } from 'vitest';
import { Failure } from '../../../lib/runtime/failure.ts';
import { chooseAccess } from '../../../steps/jfrog-lookup/access.ts';
import { parseDockerConfig } from '../../../steps/jfrog-lookup/docker-config.ts';

const as = (user: string) => ({ username: user, password: 'p4ss' });
const basic = (user: string) => `Basic ${Buffer.from(`${user}:p4ss`).toString('base64')}`;
const URL = 'https://artifactory.example.com/artifactory';

function choose(
  url: string | undefined,
  auths: object,
  images: string[] = [],
  repositories: Record<string, string> = {},
) {
  try {
    const { baseUrl, authorization } = chooseAccess(
      { url, repositories },
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
      'entries with paths on that host that hold the same',
      `${URL}//`,
      { 'artifactory.example.com/docker': as('a'), 'artifactory.example.com/helm': as('a') },
      [],
      [URL, basic('a')],
    ],
    [
      'a good entry of the host beside a broken one',
      URL,
      { 'artifactory.example.com/artifactory': { auth: 'pants' }, 'artifactory.example.com': as('a') },
      [],
      [URL, basic('a')],
    ],
    [
      'bytes that are no UTF-8 as they are',
      URL,
      { 'artifactory.example.com': { auth: 'dXNlcjpw5HNz' } },
      [],
      [URL, 'Basic dXNlcjpw5HNz'],
    ],
    [
      'a password with colons and a name that is empty',
      URL,
      { 'artifactory.example.com': { auth: Buffer.from(':a:b:').toString('base64') } },
      [],
      [URL, `Basic ${Buffer.from(':a:b:').toString('base64')}`],
    ],
    [
      'text beyond ASCII as UTF-8',
      URL,
      { 'artifactory.example.com': { username: 'üser', password: 'pässwörd€' } },
      [],
      [URL, `Basic ${Buffer.from('üser:pässwörd€').toString('base64')}`],
    ],
    [
      'names in any case, and null as nothing',
      URL,
      {
        'artifactory.example.com': { Username: 'a', Password: 'p4ss', Auth: null, email: null },
        'old.example.com': null,
      },
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
      'the only credentials, of another host',
      URL,
      { 'ghcr.io': as('gh') },
      [],
      'No credentials for the host: artifactory.example.com; regcred has entries for ghcr.io; add an entry for it, or name',
    ],
    [
      'the only credentials, of a host below it',
      URL,
      { 'docker.artifactory.example.com': as('a') },
      [],
      'No credentials for the host: artifactory.example.com',
    ],
    ['Docker Hub for its URL', URL, { 'https://index.docker.io/v1/': as('hub') }, [], 'No credentials for the host'],
    [
      'Docker Hub for a URL whose host has no dot',
      'http://localhost/artifactory',
      { 'https://index.docker.io/v1/': as('hub') },
      [],
      'No credentials for the host: localhost',
    ],
    [
      'two accounts for the configured host',
      URL,
      { 'artifactory.example.com/x': as('a'), 'artifactory.example.com/y': as('b') },
      [],
      'Several credentials for one host: artifactory.example.com; artifactory.example.com/x, artifactory.example.com/y',
    ],
    [
      'a broken entry that is the one to use',
      URL,
      { 'artifactory.example.com': { auth: 'pants' }, 'a.example.com': as('a') },
      [],
      'Not base64 of username:password: auth of artifactory.example.com in regcred',
    ],
    [
      'a token that no header can hold',
      URL,
      { 'artifactory.example.com': { registrytoken: 'a\r\nX-Evil: 1' } },
      [],
      'Not as documented: entry of artifactory.example.com in regcred',
    ],
    [
      'a key that is no host',
      undefined,
      { 'not a host': as('a') },
      ['docker.example.com/api'],
      'No credentials for the host: docker.example.com/api',
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

  it('takes the entry of a registry host that the configuration names', () => {
    const auths = { 'https://docker.example.com/v2/': as('a'), 'ghcr.io': as('gh') };
    expect(choose(URL, auths, [], { 'Docker.example.com:443': 'docker-local' })).toEqual([URL, basic('a')]);
    const hub = { 'https://index.docker.io/v1/': as('hub') };
    expect(choose(URL, hub, [], { 'index.docker.io': 'hub' })).toEqual([2, expect.stringContaining('No credentials')]);
  });

  const SAME = ['h.example.com', 'h.example.com:443', 'https://h.example.com', 'https://h.example.com:443'];
  const AT = (host: string) => `${host.startsWith('https') ? '' : 'https://'}${host}`;
  it.each<readonly [string, string]>([
    ...SAME.flatMap(url => SAME.map(key => [`${AT(url)}/artifactory`, key] as const)),
    ['https://h.example.com:443/artifactory/', 'HTTPS://H.Example.COM:443/V2/'],
    ['https://h.example.com:8443/artifactory', 'h.example.com:8443'],
    ['http://localhost/artifactory', 'localhost:80'],
    ['http://localhost:80/artifactory', 'http://localhost/v1/'],
    ['http://localhost/artifactory', 'http://localhost:80/v1'],
    ['https://h.example.com/artifactory', 'https://h.example.com/v1'],
    ['https://h.example.com/artifactory', 'h.example.com/?q#f'],
  ])('knows %s by the key %s', (url, key) => {
    expect(choose(url, { [key]: as('a'), 'https://index.docker.io/v1/': as('hub') })).toEqual([
      url.replace(/\/$/, ''),
      basic('a'),
    ]);
  });

  it.each([
    ['https://h.example.com/artifactory', 'h.example.com:8443'],
    ['https://h.example.com:8443/artifactory', 'h.example.com:443'],
    ['https://h.example.com/artifactory', 'h.example.com:80'],
    ['https://h.example.com/artifactory', '*.h.example.com'],
    ['https://h.example.com/artifactory', 'g.example.com/@h.example.com'],
    ['https://h.example.com/artifactory', 'xh.example.com'],
    ['https://h.example.com/artifactory', 'h.example.com.evil.example'],
    ['https://h.example.com/artifactory', '[z-a].example.com'],
  ])('does not know %s by the key %s', (url, key) => {
    expect(choose(url, { [key]: as('a') })).toEqual([2, expect.stringContaining('No credentials for the host')]);
  });
});
