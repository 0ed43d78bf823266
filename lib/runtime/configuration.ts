import { Configuration } from '../contracts/configuration.ts';
import { type ConfigurationProblem, lineOf, problemsIn } from './configuration-problems.ts';
import { badInput } from './failure.ts';
import { readInput } from './files.ts';
import { NotYaml, parseYamlDocuments } from './yaml.ts';

const MAX_PROBLEMS = 3;

/**
 * Reads the configuration document.
 * @param path of --config; without it AFTERSYNC_CONFIG
 * @throws Failure 2
 */
export async function readConfiguration(path: string | undefined): Promise<Configuration> {
  if (path === undefined) throw badInput('No configuration', '--config', 'name the YAML file or set AFTERSYNC_CONFIG');
  return configurationFrom(await readInput(path, '--config'), `--config=${path}`);
}

/** @param on where the text is from. @throws Failure 2 that names each wrong key by its path */
export function configurationFrom(text: string, on: string): Configuration {
  const remedy = 'docs/configuration.md lists every key';
  const parsed = parseConfiguration(text);
  if (parsed.configuration !== null) return parsed.configuration;
  if (parsed.notYaml !== null) throw badInput('Not YAML', `${on}: ${parsed.notYaml}`, remedy);
  const shown = parsed.problems.slice(0, MAX_PROBLEMS).map(lineOf);
  const more = parsed.problems.length - shown.length;
  throw badInput('Not as documented', `${on}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, remedy);
}

export type ParsedConfiguration =
  | { configuration: Configuration; notYaml: null }
  | { configuration: null; notYaml: string }
  | { configuration: null; notYaml: null; problems: ConfigurationProblem[] };

/** Everything that is wrong with a document, for whoever shows it all. */
export function parseConfiguration(text: string): ParsedConfiguration {
  let document: unknown;
  try {
    const documents = parseYamlDocuments(text, { repeatedKeys: 'refused' });
    if (documents.length > 1) return { configuration: null, notYaml: 'it holds several documents' };
    document = documents[0] ?? null;
  } catch (error) {
    if (error instanceof NotYaml) return { configuration: null, notYaml: error.message };
    throw error;
  }
  const { data, error } = Configuration.safeParse(document);
  if (error === undefined) return { configuration: data, notYaml: null };
  return { configuration: null, notYaml: null, problems: problemsIn(Configuration, error) };
}
