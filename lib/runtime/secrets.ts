import { readFileSync } from 'node:fs';
import { badInput } from './failure.ts';
import { registerSecret } from './redact.ts';

/**
 * A secret from the environment: NAME itself, or the file that NAME_FILE names (a mounted Secret).
 * @throws Failure 2 where neither is set or the file cannot be read
 */
export function readSecret(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const value = env[name] ?? readSecretFile(name, env[`${name}_FILE`]);
  if (value === '') throw badInput('Empty secret', name, `set ${name} or ${name}_FILE`);
  registerSecret(value);
  return value;
}

function readSecretFile(name: string, path: string | undefined): string {
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
