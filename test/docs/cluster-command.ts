import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifests } from './repository.ts';

const VERBS: Record<string, string[]> = {
  kubectl: ['apply', 'create', 'delete', 'diff', 'explain', 'get', 'logs', 'patch', 'replace', 'wait'],
  argo: ['cron', 'get', 'lint', 'resubmit', 'retry', 'stop', 'submit', 'terminate'],
};
/** Types of Kubernetes and of Argo, by the names that kubectl takes. */
const TYPES = new Set(
  'configmap configmaps secret secrets pod pods rolebinding workflow workflows application applications eventbus eventsource sensor'.split(
    ' ',
  ),
);
/** Labels that Argo Events puts on its pods. */
const ARGO_LABELS = ['sensor-name', 'eventsource-name'];
const manifests = readManifests();
const isType = (type: string) => TYPES.has(type) || manifests.texts.has(type);

/**
 * What is wrong with a command for a cluster; null where it is none.
 * @param known files that the reader has, or that an earlier command of the page wrote
 */
export function problemsOfCluster(words: readonly string[], known: ReadonlySet<string>): string[] | null {
  const [program = '', ...all] = words;
  const verbs = VERBS[program];
  if (verbs === undefined) return null;
  const { flags, rest } = split(all);
  const [verb = '', type = '', name = ''] = rest;
  return [
    ...(verbs.includes(verb) ? [] : [`${program} ${verb} is not known here`]),
    ...flags.flatMap(([flag, value]) => flagProblem(flag, value, known)),
    ...(program === 'kubectl' ? typeProblems(verb, type) : []),
    ...nameProblems(verb, type, name, [...rest.slice(3), ...flags.map(([, value]) => value)]),
  ];
}

const VALUED = ['-n', '-l', '-f', '-k', '-o', '-p', '--from'];

/** Flags with their values, and what stands free. */
function split(words: readonly string[]): { flags: [string, string][]; rest: string[] } {
  const flags: [string, string][] = [];
  const rest: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (VALUED.includes(word)) {
      at += 1;
      flags.push([word, words[at] ?? '']);
    } else if (word.startsWith('-')) {
      const [flag = '', ...value] = word.split('=');
      flags.push([flag, value.join('=')]);
    } else rest.push(word);
  }
  return { flags, rest };
}

function flagProblem(flag: string, value: string, known: ReadonlySet<string>): string[] {
  const file = value.replace(/^[\w.-]+=/, '');
  if (flag === '-k') return existsSync(join(value, 'kustomization.yaml')) ? [] : [`${value} is no kustomization`];
  if (['-f', '--patch-file', '--from-file', '--cert', '--key'].includes(flag))
    return known.has(file) || existsSync(file) ? [] : [`nobody wrote ${file}`];
  if (flag === '--from')
    return manifests.resources.has(
      value.replace(/^cronwf\//, 'cronworkflow/').replace(/^wftmpl\//, 'workflowtemplate/'),
    )
      ? []
      : [`no manifest makes ${value}`];
  if (flag !== '-l') return [];
  const [key = '', text = ''] = value.split('=');
  const label = ARGO_LABELS.includes(key) || manifests.keys.has(key);
  return [
    ...(label ? [] : [`nothing has the label ${key}`]),
    ...(text === 'true' || !value.includes('=') || manifests.texts.has(text)
      ? []
      : [`no manifest holds ${text}, of the label ${key}`]),
  ];
}

function typeProblems(verb: string, type: string): string[] {
  if (!['get', 'create', 'delete', 'patch', 'wait'].includes(verb) || type === '') return [];
  return type
    .split(',')
    .filter(one => one !== '…' && !isType(one))
    .map(one => `${one} is no type that is known here`);
}

/** What is created by hand has the name that a manifest asks for; what is named otherwise is there. */
function nameProblems(verb: string, type: string, name: string, others: string[]): string[] {
  const [given] = others;
  const created = verb === 'create' && type === 'secret' && given !== undefined;
  const secret = created && !manifests.texts.has(given) ? [given] : [];
  const ours = [...(type === 'rolebinding' ? [] : [name]), ...others]
    .flatMap(text => text.match(/(?<![\w.-])aftersync-[a-z0-9-]+/g) ?? [])
    .filter(one => !manifests.texts.has(one));
  return [...secret.map(one => `no manifest wants the Secret ${one}`), ...ours.map(one => `no manifest holds ${one}`)];
}
