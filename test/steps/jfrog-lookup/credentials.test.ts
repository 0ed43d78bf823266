import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomFrom } from '../../e2e/chaos/random.ts';
import { hex, image, lookUp } from './lookup.ts';

const RUNS = 300;
const SEED = Number(process.env.AFTERSYNC_SEED ?? 20261130);

/** Every host in the world answers, and keeps what it was sent. */
const sent: { host: string; authorization: string | null }[] = [];
const server = setupServer(
  http.all('*', ({ request }) => {
    sent.push({ host: new URL(request.url).host, authorization: request.headers.get('authorization') });
    return HttpResponse.json({ results: [] });
  }),
);
beforeAll(() => server.listen());
afterAll(() => server.close());

const HOSTS = [
  'art.example.com',
  'docker.art.example.com',
  'art.example.com:8443',
  'ghcr.io',
  'acme.jfrog.io',
  'localhost',
];
const KEYS = [
  ...HOSTS,
  'https://index.docker.io/v1/',
  'docker.io',
  'registry-1.docker.io',
  'https://art.example.com:443/v2/',
  'HTTPS://Art.Example.Com',
  'art.example.com/docker',
  '*.example.com',
  '*.art.example.com',
  'other.art.example.com',
  'art.example.com.evil.example',
  'evil.example/art.example.com',
  'evil.example?art.example.com',
  'art.example.com@evil.example',
  'not a host',
  '',
];
const URLS = [
  undefined,
  ...HOSTS.map(host => `https://${host}/artifactory`),
  'https://docker.io/artifactory',
  'http://localhost/artifactory',
];
const IMAGES = [...HOSTS, 'docker.io', 'other.example.com'].map(host => `${host}/pay/api:1`);

/** Written anew, so that it does not repeat what is wrong: the hosts that a key of the file names. */
function names(key: string, host: string): boolean {
  const [authority = ''] = key
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('/');
  const pattern = authority
    .replace(/:443$/, '')
    .split('.')
    .map(label => label.replace(/[^a-z0-9*:-]/g, '\\$&').replaceAll('*', '[^.]*'));
  return new RegExp(`^${pattern.join('\\.')}$`).test(host);
}

it(`sends credentials to no host but the one that their key names, or the configuration for it (${RUNS} of seed ${SEED})`, async () => {
  const random = randomFrom(SEED);
  const pick = <T>(choices: readonly T[]): T => choices[random.between(0, choices.length - 1)] as T;
  const some = <T>(choices: readonly T[]): T[] => choices.filter(() => random.chance(0.4));
  let asked = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const keys = some(KEYS);
    const url = pick(URLS);
    const registries = pick([[], [], ['docker.art.example.com'], ['ghcr.io', 'docker.io', 'index.docker.io']]);
    const images = some(IMAGES).map((reference, n) => image(reference, random.chance(0.5) ? null : hex(n)));
    sent.length = 0;
    await lookUp({
      images: images.length > 0 ? images : [image('art.example.com/pay/api:1')],
      artifactory: {
        ...(url && { url }),
        repositories: Object.fromEntries(registries.map(host => [host, 'docker'])),
        budgetSeconds: 2,
      },
      // Each entry has its own account, or all have one.
      regcred: {
        auths: Object.fromEntries(
          keys.map(key => [key, { username: random.chance(0.25) ? 'one' : key.replaceAll(':', ';'), password: 'p' }]),
        ),
      },
    });
    asked += sent.length;
    for (const { host, authorization } of sent) {
      const [username] = Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64')
        .toString()
        .split(':');
      const owners = keys.filter(key => username === 'one' || key.replaceAll(':', ';') === username);
      const mayGo = owners.some(
        key =>
          names(key, host) ||
          (url !== undefined && new URL(url).host === host && registries.some(one => names(key, one))),
      );
      expect(mayGo, `run ${run}: ${username} went to ${host} (${url}, ${registries}, ${keys.join(' ')})`).toBe(true);
      if (/docker\.io/.test(username ?? '')) expect(host, `run ${run}`).toMatch(/(^|\.)docker\.io$/);
    }
  }
  expect(asked).toBeGreaterThan(RUNS / 3);
}, 120_000);
