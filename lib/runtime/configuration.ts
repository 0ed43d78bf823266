import { parse as parseYaml } from 'yaml';
import { Configuration } from '../contracts/configuration.ts';
import { badInput } from './failure.ts';
import { readInput } from './files.ts';
import { parseAs } from './parse.ts';

/**
 * Reads the configuration document.
 * @param path of --config; without it AFTERSYNC_CONFIG
 * @throws Failure 2
 */
export async function readConfiguration(path: string | undefined): Promise<Configuration> {
  if (path === undefined) throw badInput('No configuration', '--config', 'name the YAML file or set AFTERSYNC_CONFIG');
  const text = await readInput(path, '--config');
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch {
    throw badInput('Not YAML', `--config=${path}`, 'mend the document; docs/configuration.md lists every key');
  }
  return parseAs(Configuration, document, `--config=${path}`, 'docs/configuration.md lists every key');
}
