import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpUrl } from '../contracts/primitives.ts';
import { badInput } from '../runtime/failure.ts';
import { registerSecret } from '../runtime/redact.ts';

/** What the channels need and the configuration must not hold. */
export interface AlertSecrets {
  /** The value of its Authorization header (`Bearer …`, `Basic …`); for PagerDuty the routing key. null where there is none. */
  token(channel: string): string | null;
  /** A URL that is secret itself, such as Slack's. null where there is none. @throws Failure 2 where it is no URL */
  url(channel: string): string | null;
}

/**
 * The secrets of the channels by name: the files <name> and <name>.url of the directory that AFTERSYNC_ALERTS_SECRETS names
 * (the mounted Secret aftersync-alerts), or AFTERSYNC_ALERT_<NAME> and AFTERSYNC_ALERT_<NAME>_URL.
 */
export function readAlertSecrets(env: NodeJS.ProcessEnv = process.env): AlertSecrets {
  const find = (key: string, variable: string): string | null => {
    const value = (env[variable] ?? mounted(env.AFTERSYNC_ALERTS_SECRETS, key) ?? '').trim();
    if (value === '') return null;
    registerSecret(value);
    return value;
  };
  return {
    token(channel) {
      const token = find(channel, variableOf(channel));
      // Scheme and credentials are shown apart in some answers.
      if (token !== null) registerCredentials(token);
      return token;
    },
    url(channel) {
      const url = find(`${channel}.url`, `${variableOf(channel)}_URL`);
      if (url === null) return null;
      if (!HttpUrl.safeParse(url).success)
        throw badInput('Not a URL', `secret ${channel}.url`, 'put an http(s) URL without credentials there');
      const { pathname, search } = new URL(url);
      if (pathname.length > 1) registerSecret(pathname);
      if (search !== '') registerSecret(search);
      return url;
    },
  };
}

const variableOf = (channel: string): string => `AFTERSYNC_ALERT_${channel.toUpperCase().replaceAll('-', '_')}`;

/** A Secret is optional, and so is each of its keys; one that is there and cannot be read is said where it is missed. */
function mounted(directory: string | undefined, key: string): string | null {
  if (directory === undefined || directory === '') return null;
  try {
    return readFileSync(join(directory, key), 'utf8');
  } catch {
    return null;
  }
}

function registerCredentials(token: string): void {
  const [scheme = '', credentials] = token.split(/\s+/, 2);
  if (credentials === undefined) return;
  registerSecret(credentials);
  if (scheme.toLowerCase() !== 'basic') return;
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, 'base64').toString('utf8')) ?? [];
  if (password !== '') registerSecret(password);
}
