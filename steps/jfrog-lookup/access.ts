import type { Configuration } from '../../lib/contracts/configuration.ts';
import { badInput, type Failure } from '../../lib/runtime/failure.ts';
import {
  type DockerConfig,
  helperKeeps,
  isHelped,
  type RegistryCredentials,
  toAuthorization,
} from './docker-config.ts';
import { credentialsFor, entriesAt, hostOf } from './keyring.ts';

/** Which Artifactory is asked, and as whom. */
export interface Access {
  baseUrl: string;
  /** Value of the Authorization header. */
  authorization: string;
  entry: RegistryCredentials;
  /** Where the credentials are kept, in words. */
  credentials: string;
}

const DOCKER_HUB = /^(index\.|registry-1\.)?docker\.io$/;

/**
 * Chooses credentials and host. Credentials go to no host but the one that their key names, or that the configuration names
 * for it: with a URL, the entry for its host, or for a registry host under `repositories`; without one, the host is that of
 * the entry for the images.
 * @param images registry/repository of each image that may be in Artifactory
 * @param on the flag and file, for messages
 * @throws Failure 2 where nothing or more than one thing fits
 */
export function chooseAccess(
  { url, repositories }: Pick<Configuration['artifactory'], 'url' | 'repositories'>,
  config: DockerConfig,
  images: readonly string[],
  on: string,
): Access {
  return url === undefined
    ? fromImages(config, images, on)
    : forUrl(url, new Set(Object.keys(repositories).map(host => hostOf(host))), config, on);
}

function forUrl(url: string, registries: ReadonlySet<string>, config: DockerConfig, on: string): Access {
  const { host, pathname, protocol } = new URL(url);
  const matching = entriesAt(host + pathname, config.credentials, protocol);
  const sameHost = config.credentials.filter(one => hostOf(one.key, protocol) === host);
  const configured = config.credentials.filter(
    ({ key }) => registries.has(hostOf(key)) && !DOCKER_HUB.test(hostOf(key)),
  );
  const chosen = matching.find(isSound) ?? only(sameHost) ?? only(configured);
  if (chosen !== undefined) return toAccess(url.replace(/\/+$/, ''), chosen, on);
  const candidates = [...matching, ...sameHost, ...configured];
  throw (
    faultOf(candidates) ?? (candidates.length > 0 ? severalEntries(candidates, host, on) : noEntry(config, host, on))
  );
}

function fromImages(config: DockerConfig, images: readonly string[], on: string): Access {
  const usable = config.credentials.filter(isUsable);
  const found = images.flatMap(image => {
    const matching = credentialsFor(image, config.credentials);
    const match = matching.find(isSound) ?? matching[0];
    if (match === undefined) return [];
    const host = isPattern(match) ? hostOf(image) : hostOf(match.key);
    return DOCKER_HUB.test(host) ? [] : [{ host, match }];
  });
  const hosts = [...new Set(found.map(one => one.host))].sort();
  if (hosts.length > 1) throw severalHosts(hosts, on);
  const candidates = found.length > 0 ? found.map(one => one.match) : usable;
  const chosen = only(candidates);
  const host = hosts[0] ?? (chosen && hostOf(chosen.key));
  if (chosen !== undefined && host !== undefined) return toAccess(`https://${host}/artifactory`, chosen, on);
  const fault = faultOf(candidates);
  if (fault !== undefined) throw fault;
  if (candidates.length > 0) throw severalHosts([...new Set(candidates.map(({ key }) => key))].sort(), on);
  throw noEntry(config, images[0] ?? 'the images', on);
}

const severalHosts = (hosts: string[], on: string): Failure =>
  badInput('Several hosts may be Artifactory', `${hosts.join(', ')} in ${on}`, 'name the one with artifactory.url');

const severalEntries = (entries: RegistryCredentials[], host: string, on: string): Failure =>
  badInput(
    'Several credentials for one host',
    `${host}; ${[...new Set(entries.map(({ key }) => key))].join(', ')} in ${on}`,
    `add an entry for ${host}`,
  );

const isSound = ({ fault }: RegistryCredentials): boolean => fault === null;
const isPattern = ({ key }: RegistryCredentials): boolean =>
  /[*?[\]\\]/.test(hostOf(key).replace(/^\[[0-9a-f:.]*\]/, ''));
const isHost = (host: string): boolean => URL.canParse(`https://${host}/`) && new URL(`https://${host}/`).host === host;
const isUsable = (one: RegistryCredentials): boolean =>
  !isPattern(one) && !DOCKER_HUB.test(hostOf(one.key)) && isHost(hostOf(one.key));

/** The first of the entries that can be used, where all of them hold the same credentials. */
function only(entries: readonly RegistryCredentials[]): RegistryCredentials | undefined {
  const sound = entries.filter(isSound);
  return new Set(sound.map(toAuthorization)).size === 1 ? sound[0] : undefined;
}

/** What is wrong, where every entry that would do has a fault. */
const faultOf = (entries: readonly RegistryCredentials[]): Failure | undefined =>
  entries.some(isSound) ? undefined : (entries[0]?.fault ?? undefined);

function noEntry({ credentials, helpers }: DockerConfig, host: string, on: string): Failure {
  if (isHelped(host, helpers)) return helperKeeps(host, on);
  const keys = credentials.map(({ key }) => key).join(', ');
  return badInput(
    'No credentials for the host',
    `${host}; ${on} has entries for ${keys || 'none'}`,
    'add an entry for it, or name the registry host that this Artifactory serves under artifactory.repositories',
  );
}

const toAccess = (baseUrl: string, entry: RegistryCredentials, on: string): Access => ({
  baseUrl,
  authorization: toAuthorization(entry),
  entry,
  credentials: `the entry ${entry.key} of ${on}`,
});
