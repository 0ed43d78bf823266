import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { Configuration } from '../../lib/contracts/configuration.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { compilePattern } from '../../lib/runtime/pattern.ts';
import { doubtful, fine, type Judgement, wrong, wrongBy } from '../finding.ts';
import { nearest } from '../nearest.ts';

export interface ConfigurationVerdict {
  judgements: Judgement[];
  /** null where no step could read it. */
  configuration: Configuration | null;
}

const LISTED = 'docs/configuration.md lists every key';

/** @param on where the text is from */
export function judgeConfiguration(text: string, on: string): ConfigurationVerdict {
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'it cannot be parsed';
    return { judgements: [wrong(`${on} is not YAML: ${reason}`, 'mend the document')], configuration: null };
  }
  const result = Configuration.safeParse(document);
  if (!result.success) return { judgements: result.error.issues.flatMap(toJudgements), configuration: null };
  const judgements = [...patternsOf(result.data), ...placeholdersOf(result.data)];
  if (judgements.length === 0) judgements.push(fine(`${on} is as documented`));
  return { judgements, configuration: result.data };
}

function toJudgements(issue: z.core.$ZodIssue): Judgement[] {
  const path = z.core.toDotPath(issue.path);
  if (issue.code !== 'unrecognized_keys') return [wrong(`${path || 'document'}: ${issue.message}`, LISTED)];
  const valid = keysAt(issue.path);
  return issue.keys.map(key => {
    const meant = nearest(key, valid);
    const remedy = meant === null ? `remove it; valid here: ${valid.join(', ')}` : `did you mean ${meant}?`;
    return wrong(`${path === '' ? key : `${path}.${key}`}: no such key`, remedy);
  });
}

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  items?: Node;
}

/** The keys that the schema has at a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let node = z.toJSONSchema(Configuration, { io: 'input', reused: 'inline' }) as Node | undefined;
  for (const part of path) {
    const open = typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
    node = typeof part === 'number' ? node?.items : (node?.properties?.[String(part)] ?? open);
  }
  return Object.keys(node?.properties ?? {});
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
