import { readFileSync } from 'node:fs';
import { badInput } from './failure.ts';
import { registerSecret } from './redact.ts';

/**
 * A secret from the environment: NAME itself, or the file that NAME_FILE names (a mounted Secret).
 * @throws Failure 2 where neither is set or the file cannot be read
 */
export function readSecret(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = readIdentifier(name, env);
  registerSecret(value);
  return value;
}

/** What is kept beside a secret and is none: a client id may be an ordinary word, which messages must still be able to say. */
export function readIdentifier(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name] ?? readMounted(name, env[`${name}_FILE`]);
  if (value === '') throw badInput('Empty secret', name, `set ${name} or ${name}_FILE`);
  return value;
}

function readMounted(name: string, path: string | undefined): string {
  if (path === undefined) throw badInput('Secret is not set', name, `set ${name} or ${name}_FILE`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw badInput(
      'Secret cannot be read',
      `${name}_FILE=${path}`,
      `${(error as NodeJS.ErrnoException).code}: check the mounted Secret`,
    );
  }
}
