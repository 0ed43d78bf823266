import { type Document, isMap, parseAllDocuments, type Scalar } from 'yaml';
import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { innerMap, literal } from './inner-yaml.ts';
import { subscribe, unsubscribe } from './subscriptions.ts';

const NAME = 'argocd-notifications-cm';
const SERVICE = 'service.webhook.aftersync';
const INSTANCE = 'aftersyncInstance';
/** Our keys of the context: templates of others share it. */
const OURS = [INSTANCE, 'aftersyncEnvironment', 'aftersyncArgocdUrl'];

const ConfigMap = z.looseObject({
  kind: z.literal('ConfigMap'),
  metadata: z.looseObject({ name: z.literal(NAME) }),
  data: z.record(z.string(), z.string()).nullish(),
});

/** What differs from one installation to the next; what is not given stays as it is. */
export interface Wiring {
  /** Address of the EventSource as the notifications controller reaches it. */
  url?: string | undefined;
  /** Name of this Argo CD in the configuration. */
  instance?: string | undefined;
}

/**
 * The ConfigMap with our service, trigger, template and subscription. Only our own keys are written; `subscriptions` and
 * `context` get an entry. A service that is there keeps its address, headers and options. Merging again changes nothing.
 * @param text the ConfigMap of Argo CD, YAML or JSON
 * @param fragment notifications-cm.yaml
 * @throws Failure 2
 */
export function mergeNotifications(text: string, on: string, fragment: string, wiring: Wiring = {}): string {
  const document = readConfigMap(text, on);
  const ours = dataOf(readConfigMap(fragment, 'notifications-cm.yaml'));
  const theirs = dataOf(document);
  const put = (key: string, value: Scalar | null) => value && document.setIn(['data', key], value);
  if (!isMap(document.get('data'))) document.set('data', document.createNode({}));
  for (const [key, value] of Object.entries(ours)) {
    if (key === 'subscriptions') put(key, subscribe(theirs[key] ?? '', value));
    else if (key === SERVICE) put(key, toService(theirs[key], value, wiring.url));
    else if (theirs[key] !== value) put(key, literal(value));
  }
  if (wiring.instance !== undefined) put('context', withInstance(theirs.context ?? '', wiring.instance));
  return document.toString({ lineWidth: 0 });
}

/** The ConfigMap without what mergeNotifications put there. @throws Failure 2 */
export function removeNotifications(text: string, on: string, fragment: string): string {
  const document = readConfigMap(text, on);
  const theirs = dataOf(document);
  for (const key of Object.keys(dataOf(readConfigMap(fragment, 'notifications-cm.yaml')))) {
    const value = theirs[key];
    if (value === undefined) continue;
    if (key === 'subscriptions') replace(document, key, unsubscribe(value));
    else document.deleteIn(['data', key]);
  }
  if (theirs.context !== undefined) replace(document, 'context', withoutOurs(theirs.context));
  const data = document.get('data');
  if (isMap(data) && data.items.length === 0) document.delete('data');
  return document.toString({ lineWidth: 0 });
}

function readConfigMap(text: string, on: string): Document {
  const documents = parseAllDocuments(text).filter(({ contents, errors }) => contents !== null || errors.length > 0);
  const remedy = `give one ConfigMap, as kubectl get configmap ${NAME} -o yaml prints it`;
  const [document] = documents;
  if (document === undefined || documents.length > 1)
    throw badInput('Not one object', `${on}: ${documents.length} documents`, remedy);
  const [error] = document.errors;
  if (error !== undefined) throw badInput('Not YAML', `${on}: ${error.message.split('\n')[0]}`, remedy);
  parseAs(ConfigMap, document.toJS(), on, remedy);
  return document;
}

const dataOf = (document: Document): Record<string, string> => ConfigMap.parse(document.toJS()).data ?? {};

/** Ours, except for what the installation has in its place. */
function toService(theirs: string | undefined, ours: string, url: string | undefined): Scalar | null {
  const service = innerMap(theirs ?? ours, SERVICE);
  if (url !== undefined) service.node.set('url', url);
  return theirs === undefined || url !== undefined ? service.toScalar() : null;
}

function withInstance(text: string, instance: string): Scalar | null {
  const context = innerMap(text, 'context');
  if (context.node.get(INSTANCE) === instance) return null;
  context.node.set(INSTANCE, instance);
  return context.toScalar();
}

function withoutOurs(text: string) {
  const context = innerMap(text, 'context');
  const taken = OURS.filter(key => context.node.delete(key));
  if (taken.length === 0) return null;
  return { scalar: context.toScalar(), isEmpty: context.node.items.length === 0 };
}

function replace(document: Document, key: string, edited: { scalar: Scalar; isEmpty: boolean } | null): void {
  if (edited === null) return;
  if (edited.isEmpty) document.deleteIn(['data', key]);
  else document.setIn(['data', key], edited.scalar);
}
