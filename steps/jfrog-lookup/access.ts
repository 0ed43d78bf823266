import { badInput, type Failure } from '../../lib/runtime/failure.ts';
import type { DockerConfig, RegistryCredentials } from './docker-config.ts';
import { credentialsFor, indexOf } from './keyring.ts';

/** Which Artifactory is asked, and as whom. */
export interface Access {
  baseUrl: string;
  /** Value of the Authorization header. */
  authorization: string;
  credentials: RegistryCredentials;
}

const DOCKER_HUB = /^(index\.|registry-1\.)?docker\.io$/;

/**
 * Chooses credentials and host. A configured URL gets the entry for its host, or the only credentials there are. Without
 * one, the host is that of the entry for the images: credentials go to no host but the one they are for.
 * @param images registry/repository of each image that may be in Artifactory
 * @throws Failure 2 where nothing or more than one thing fits
 */
export function chooseAccess(
  url: string | undefined,
  config: DockerConfig,
  images: readonly string[],
  on: string,
): Access {
  return url === undefined ? fromImages(config, images, on) : forUrl(url, config, on);
}

function forUrl(url: string, config: DockerConfig, on: string): Access {
  const { host, pathname } = new URL(url);
  const [match] = credentialsFor(host + pathname, config.credentials);
  const chosen = match ?? only(config.credentials.filter(one => hostOf(one) === host)) ?? only(config.credentials);
  if (chosen === undefined) throw noEntry(config, host, on);
  return toAccess(url.replace(/\/$/, ''), chosen, config, on);
}

function fromImages(config: DockerConfig, images: readonly string[], on: string): Access {
  const found = images.flatMap(image => {
    const [match] = credentialsFor(image, config.credentials);
    if (match === undefined) return [];
    const host = isPattern(match) ? (image.split('/')[0] ?? '') : hostOf(match);
    return DOCKER_HUB.test(host) ? [] : [{ host, match }];
  });
  const hosts = [...new Set(found.map(one => one.host))].sort();
  if (hosts.length > 1) throw severalHosts(hosts, on);
  const candidates = found.length > 0 ? found.map(one => one.match) : config.credentials.filter(isUsable);
  const chosen = only(candidates);
  const host = hosts[0] ?? (chosen && hostOf(chosen));
  if (chosen === undefined || host === undefined) {
    if (candidates.length > 0) throw severalHosts([...new Set(candidates.map(one => indexOf(one.key)))].sort(), on);
    throw noEntry(config, images[0] ?? 'the images', on);
  }
  return toAccess(`https://${host}/artifactory`, chosen, config, on);
}

const severalHosts = (hosts: string[], on: string): Failure =>
  badInput('Several hosts may be Artifactory', `${hosts.join(', ')} in ${on}`, 'name the one with artifactory.url');

const hostOf = (credentials: RegistryCredentials): string => indexOf(credentials.key).replace(/\/.*/, '').toLowerCase();
const isPattern = (credentials: RegistryCredentials): boolean => /[*?]/.test(hostOf(credentials));
const isUsable = (credentials: RegistryCredentials): boolean =>
  !isPattern(credentials) && !DOCKER_HUB.test(hostOf(credentials));

/** The first of entries that all hold the same credentials. */
function only(entries: RegistryCredentials[]): RegistryCredentials | undefined {
  return new Set(entries.map(toAuthorization)).size === 1 ? entries[0] : undefined;
}

function noEntry(config: DockerConfig, host: string, on: string): Failure {
  const helped = config.helpers.some(helper => helper === '*' || host.startsWith(helper));
  if (helped && config.credentials.length === 0) return helperKeeps(host, on);
  const hosts = config.credentials.map(one => indexOf(one.key)).join(', ');
  return badInput(
    'No credentials for the host',
    `${host}; ${on} has entries for ${hosts || 'none'}`,
    'add an entry for it',
  );
}

const helperKeeps = (host: string, on: string): Failure =>
  badInput(
    'Credentials are kept by a helper',
    `${host} in ${on} (credHelpers, credsStore)`,
    'a helper program does not run here: write an entry with auth',
  );

function toAccess(baseUrl: string, credentials: RegistryCredentials, config: DockerConfig, on: string): Access {
  const authorization = toAuthorization(credentials);
  if (authorization !== null) return { baseUrl, authorization, credentials };
  if (config.helpers.length > 0) throw helperKeeps(credentials.key, on);
  throw badInput('Entry without credentials', `${credentials.key} in ${on}`, 'write username and password, or auth');
}

function toAuthorization({ username, password, identityToken, registryToken }: RegistryCredentials): string | null {
  if (registryToken !== null) return `Bearer ${registryToken}`;
  if (password !== '') return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return identityToken === null ? null : `Bearer ${identityToken}`;
}
