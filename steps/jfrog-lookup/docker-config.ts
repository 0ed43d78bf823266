import * as z from 'zod';
import { badInput, type Failure } from '../../lib/runtime/failure.ts';
import { parseAs, parseJson } from '../../lib/runtime/parse.ts';
import { hostOf } from './keyring.ts';

const REMEDY = 'give the decoded .dockerconfigjson (or .dockercfg) of the Secret';

/** null is nothing, as for Go. */
const text = z.string().nullish();

/** What is written for a registry. What else stands there, such as an e-mail address, is not looked at. */
const Entry = z.object({
  username: text,
  password: text,
  auth: text,
  identitytoken: text,
  registrytoken: text,
});

const entries = z.record(z.string(), z.unknown()).nullish();
const DockerConfigJson = z.object({ auths: entries, credhelpers: entries, credsstore: z.unknown().optional() });

export interface RegistryCredentials {
  /** Registry as the file writes it: host, URL, or glob, with port and path where it has them. */
  key: string;
  /** One character a byte: what `auth` holds need not be UTF-8, and goes to the registry as it is. */
  username: string;
  /** One character a byte. */
  password: string;
  /** OAuth2 refresh token. */
  identityToken: string | null;
  /** Bearer token. */
  registryToken: string | null;
  /** Why nobody can log in with this entry. It matters only where the entry is the one to use. */
  fault: Failure | null;
}

export interface DockerConfig {
  credentials: RegistryCredentials[];
  /** Registries whose credentials are kept by a program, which does not run here; `*` where it is all of them. */
  helpers: string[];
}

/**
 * Parses a Docker client configuration as the kubelet does: both forms, `auth` before username and password, field names in
 * any case, null as nothing. One entry that is wrong leaves the others as they are.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/credentialprovider/config.go
 * @param on the flag and file, for messages. No value of the file is ever in a message.
 * @throws Failure 2 where the file as a whole is something else
 */
export function parseDockerConfig(file: string, on: string): DockerConfig {
  const document = parseJson(file.replace(/^\uFEFF/, ''), on, REMEDY);
  const { auths, credhelpers, credsstore } = isDockerCfg(document)
    ? { auths: parseAs(entries, document, on, REMEDY) }
    : parseAs(DockerConfigJson, withLowerNames(document), on, REMEDY);
  const helpers = [...Object.keys(credhelpers ?? {}), ...(credsstore ? ['*'] : [])];
  const written = Object.entries(auths ?? {});
  if (written.length === 0 && helpers.length === 0) throw badInput('No credentials', `${on} has no auths`, REMEDY);
  return { credentials: written.map(([key, entry]) => toCredentials(key, entry, { helpers, on })), helpers };
}

const KNOWN = ['auths', 'credhelpers', 'credsstore', 'httpheaders', 'kind'];

/** The older form: the same entries without `auths` around them. */
function isDockerCfg(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  const isKnown = Object.keys(document).some(key => KNOWN.includes(key.toLowerCase()));
  return !isKnown && Object.values(document).some(value => typeof value === 'object');
}

function withLowerNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
}

interface Around {
  helpers: readonly string[];
  on: string;
}

function toCredentials(key: string, written: unknown, around: Around): RegistryCredentials {
  const none = { key, username: '', password: '', identityToken: null, registryToken: null };
  const entry = Entry.safeParse(withLowerNames(written ?? {}));
  if (!entry.success) return { ...none, fault: misfit(key, around.on) };
  const { username, password, auth, identitytoken, registrytoken } = entry.data;
  const plain = { username: bytesOf(username ?? ''), password: bytesOf(password ?? '') };
  const decoded = auth ? decodeAuth(auth) : plain;
  const tokens = { identityToken: identitytoken || null, registryToken: registrytoken || null };
  const credentials = { ...none, ...(decoded ?? plain), ...tokens };
  return { ...credentials, fault: faultOf(credentials, decoded !== null, around) };
}

const REWRITE = 'write the entry again: kubectl create secret docker-registry';

const misfit = (key: string, on: string): Failure => badInput('Not as documented', `entry of ${key} in ${on}`, REWRITE);

function faultOf(
  { key, password, identityToken, registryToken }: Omit<RegistryCredentials, 'fault'>,
  isDecoded: boolean,
  { helpers, on }: Around,
): Failure | null {
  const token = registryToken ?? (password === '' ? identityToken : null);
  // A header takes nothing else.
  if (token !== null) return /^[\x21-\x7e]+$/.test(token) ? null : misfit(key, on);
  // Beside a token, `auth` is filler that need not hold a name and a password.
  if (!isDecoded) return badInput('Not base64 of username:password', `auth of ${key} in ${on}`, REWRITE);
  if (password !== '') return null;
  return isHelped(hostOf(key), helpers)
    ? helperKeeps(key, on)
    : badInput('Entry without credentials', `${key} in ${on}`, 'write username and password, or auth');
}

export const isHelped = (host: string, helpers: readonly string[]): boolean =>
  helpers.some(helper => helper === '*' || hostOf(helper) === host);

export const helperKeeps = (host: string, on: string): Failure =>
  badInput(
    'Credentials are kept by a helper',
    `${host} in ${on} (credHelpers, credsStore)`,
    'a helper program does not run here: write an entry with auth',
  );

/**
 * Decodes the `auth` field: padded or not, line breaks ignored, split at the first colon.
 * @returns one character a byte; null where it is malformed
 */
export function decodeAuth(auth: string): { username: string; password: string } | null {
  const base64 = auth.replace(/[\r\n]/g, '');
  const padded = base64.endsWith('=');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || (padded ? base64.length % 4 !== 0 : base64.length % 4 === 1))
    return null;
  const decoded = Buffer.from(base64, 'base64')
    .toString('latin1')
    .replace(/^\0+|\0+$/g, '');
  const colon = decoded.indexOf(':');
  return colon < 0 ? null : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

const bytesOf = (value: string): string => Buffer.from(value).toString('latin1');
const charactersOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

/** username:password as Basic authentication sends it. */
const basicOf = ({ username, password }: RegistryCredentials): string =>
  Buffer.from(`${username}:${password}`, 'latin1').toString('base64');

/** Value of the Authorization header; only of an entry without a fault. */
export function toAuthorization(credentials: RegistryCredentials): string {
  const { password, identityToken, registryToken } = credentials;
  if (registryToken !== null) return `Bearer ${registryToken}`;
  return password === '' ? `Bearer ${identityToken}` : `Basic ${basicOf(credentials)}`;
}

/** Every text that must not be seen, in the forms it travels in. */
export function secretsOf({ credentials }: DockerConfig): string[] {
  return credentials.flatMap(one => {
    const passwords = [one.password, charactersOf(one.password)];
    const basic = basicOf(one);
    const tokens = [one.identityToken ?? '', one.registryToken ?? ''];
    return [...passwords, ...passwords.map(password => password.trim()), basic, basic.replace(/=+$/, ''), ...tokens];
  });
}
