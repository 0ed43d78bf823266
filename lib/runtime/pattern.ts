import { badInput } from './failure.ts';

/**
 * A regular expression from the configuration.
 * @param key of the configuration, such as jet.answers.outstanding
 * @throws Failure 2
 */
export function compilePattern(pattern: string, key: string, flags = ''): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw badInput('Not a regular expression', key, 'correct the configuration');
  }
}
