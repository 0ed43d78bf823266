import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { parseAs, parseJson } from '../../lib/runtime/parse.ts';

const REMEDY = 'give the decoded .dockerconfigjson (or .dockercfg) of the Secret';

/** One entry of the file: what is written for a registry. */
const Entry = z.object({
  username: z.string().optional(),
  password: z.string().optional(),
  email: z.string().optional(),
  auth: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

const DockerConfigJson = z.object({
  auths: z.record(z.string(), Entry).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** The older form: the same entries without `auths` around them. */
const DockerCfg = z.record(z.string(), Entry);

export interface RegistryCredentials {
  /** Registry as the file writes it: host, URL, or glob, with port and path where it has them. */
  key: string;
  username: string;
  password: string;
  /** OAuth2 refresh token. */
  identityToken: string | null;
  /** Bearer token. */
  registryToken: string | null;
}

export interface DockerConfig {
  credentials: RegistryCredentials[];
  /** Registries whose credentials are kept by a program, which does not run here; `*` where it is all of them. */
  helpers: string[];
}

/**
 * Parses a Docker client configuration as the kubelet does: both forms, `auth` before username and password.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/credentialprovider/config.go
 * @param on the flag and file, for messages. No value of the file is ever in a message.
 * @throws Failure 2
 */
export function parseDockerConfig(text: string, on: string): DockerConfig {
  const document = parseJson(text, on, REMEDY);
  const { auths, credHelpers, credsStore } = isDockerCfg(document)
    ? { auths: parseAs(DockerCfg, document, on, REMEDY) }
    : parseAs(DockerConfigJson, document, on, REMEDY);
  const helpers = [...Object.keys(credHelpers ?? {}), ...(credsStore ? ['*'] : [])];
  const entries = Object.entries(auths ?? {});
  if (entries.length === 0 && helpers.length === 0) throw badInput('No credentials', `${on} has no auths`, REMEDY);
  return { credentials: entries.map(([key, entry]) => toCredentials(key, entry, on)), helpers };
}

function isDockerCfg(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  const values = Object.values(document);
  const known = ['auths', 'credHelpers', 'credsStore', 'HttpHeaders', 'kind'];
  return values.length > 0 && !known.some(key => key in document) && values.every(value => typeof value === 'object');
}

function toCredentials(key: string, entry: Entry, on: string): RegistryCredentials {
  const identityToken = entry.identitytoken || null;
  const registryToken = entry.registrytoken || null;
  const plain = { username: entry.username ?? '', password: entry.password ?? '' };
  const decoded = entry.auth ? decodeAuth(entry.auth) : plain;
  // Beside a token, `auth` is filler that need not hold a name and a password.
  if (decoded === null && identityToken === null && registryToken === null)
    throw badInput(
      'Not base64 of username:password',
      `auth of ${key} in ${on}`,
      'write the entry again: kubectl create secret docker-registry',
    );
  return { key, ...(decoded ?? plain), identityToken, registryToken };
}

/** Decodes the `auth` field: padded or not, line breaks ignored, split at the first colon. @returns null where it is malformed */
export function decodeAuth(auth: string): { username: string; password: string } | null {
  const text = auth.replace(/[\r\n]/g, '');
  const padded = text.endsWith('=');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || (padded ? text.length % 4 !== 0 : text.length % 4 === 1)) return null;
  const decoded = Buffer.from(text, 'base64')
    .toString('utf8')
    .replace(/^\0+|\0+$/g, '');
  const colon = decoded.indexOf(':');
  return colon < 0 ? null : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Every text that must not be seen, in the forms it travels in. */
export function secretsOf({ credentials }: DockerConfig): string[] {
  return credentials.flatMap(({ username, password, identityToken, registryToken }) => {
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    return [password, password.trim(), auth, auth.replace(/=+$/, ''), identityToken ?? '', registryToken ?? ''];
  });
}
