import type { Configuration } from '../../lib/contracts/configuration.ts';
import { type ParsedConfiguration, parseConfiguration } from '../../lib/runtime/configuration.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { compilePattern } from '../../lib/runtime/pattern.ts';
import { doubtful, fine, type Judgement, wrong, wrongBy } from '../finding.ts';

export interface ConfigurationVerdict {
  judgements: Judgement[];
  /** null where no step could read it. */
  configuration: Configuration | null;
}

const LISTED = 'docs/configuration.md lists every key';

/** @param on where the text is from */
export function judgeConfiguration(text: string, on: string): ConfigurationVerdict {
  const parsed = parseConfiguration(text);
  if (parsed.configuration === null) return { judgements: wrongIn(parsed, on), configuration: null };
  const { configuration } = parsed;
  const judgements = [...patternsOf(configuration), ...placeholdersOf(configuration)];
  if (judgements.length === 0) judgements.push(fine(`${on} is as documented`));
  return { judgements, configuration };
}

function wrongIn(parsed: ParsedConfiguration & { configuration: null }, on: string): Judgement[] {
  if (parsed.notYaml !== null) return [wrong(`${on} is not YAML: ${parsed.notYaml}`, 'mend the document')];
  return parsed.problems.map(({ what, remedy }) => wrong(what, remedy ?? LISTED));
}

function patternsOf({ jet, changeWindow }: Configuration): Judgement[] {
  const patterns: [string, string][] = [
    ['jet.answers.outstanding', jet.answers.outstanding],
    ['jet.answers.alreadyRecorded', jet.answers.alreadyRecorded],
    ['changeWindow.changeRequestPattern', changeWindow.changeRequestPattern],
  ];
  return patterns.flatMap(([key, pattern]) => {
    try {
      compilePattern(pattern, key);
      return [];
    } catch (error) {
      if (error instanceof Failure) return [wrongBy(error)];
      throw error;
    }
  });
}

/** The overlays come with hosts that do not exist. */
function placeholdersOf({ jet, instances }: Configuration): Judgement[] {
  const urls: [string, string | undefined][] = [
    ['jet.url', jet.url],
    ['jet.token.url', jet.token.url],
    ...Object.entries(instances).map(([name, { url }]): [string, string | undefined] => [`instances.${name}.url`, url]),
  ];
  return urls
    .filter(([, url]) => url !== undefined && /(^|\.)example\.(com|org|net)$/.test(new URL(url).hostname))
    .map(([key, url]) => doubtful(`${key} is ${url}, an example`, 'put your own host there'));
}
