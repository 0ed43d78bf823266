import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { badInput } from '../runtime/failure.ts';
import { registerSecret } from '../runtime/redact.ts';
import { parsePrivateKey } from './keys.ts';

const NAME = 'AFTERSYNC_SIGNING_KEY_FILE';

/**
 * The key that AFTERSYNC_SIGNING_KEY_FILE names. The templates always name one: where the optional Secret is missing, its
 * directory is empty and nothing is signed.
 * @returns null where there is no key
 * @throws Failure 2 where there is one that cannot be used, and where the Secret holds it under another name
 */
export function readSigningKey({ [NAME]: path }: NodeJS.ProcessEnv = process.env): KeyObject | null {
  if (path === undefined || path === '') return null;
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && isEmpty(dirname(path))) return null;
    throw badInput('Signing key cannot be read', `${NAME}=${path}`, `${code}: check the mounted Secret`);
  }
  registerSecret(pem.trim());
  return parsePrivateKey(pem, `${NAME}=${path}`);
}

/** The kubelet keeps what it needs for itself under names that begin with two dots. */
function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).every(name => name.startsWith('..'));
  } catch {
    return false;
  }
}
