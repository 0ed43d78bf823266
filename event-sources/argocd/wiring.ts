import { isMap, isSeq, parseDocument } from 'yaml';

type Data = Readonly<Record<string, string>>;
/** A merge patch of ConfigMap data: null takes a key away. */
type DataPatch = Record<string, string | null>;

/**
 * What has to be merged into argocd-notifications-cm so that Argo CD reports its syncs. Only our own keys are in it, and
 * `subscriptions`, one text that is shared with others: our entry is added to it, and nothing else is touched.
 */
export function wiringPatch(existing: Data, fragment: Data): DataPatch {
  const { subscriptions: own = '', ...keys } = fragment;
  return { ...keys, subscriptions: withEntries(existing.subscriptions, own) };
}

/** Takes away what {@link wiringPatch} adds. */
export function unwiringPatch(existing: Data, fragment: Data): DataPatch {
  const { subscriptions: own = '', ...keys } = fragment;
  const taken: DataPatch = Object.fromEntries(Object.keys(keys).map(key => [key, null]));
  if (existing.subscriptions === undefined) return taken;
  const left = withoutEntries(existing.subscriptions, own);
  return { ...taken, subscriptions: left };
}

/** Comments and order of what is there are kept. */
function withEntries(existing: string | undefined, own: string): string {
  if (existing === undefined || existing.trim() === '') return own;
  const document = sequence(existing);
  const there = new Set(itemsOf(existing).map(identityOf));
  const missing = itemsOf(own).filter(item => !there.has(identityOf(item)));
  for (const item of missing) document.add(document.createNode(item));
  return missing.length === 0 ? existing : document.toString({ flowCollectionPadding: false });
}

function withoutEntries(existing: string, own: string): string | null {
  const document = sequence(existing);
  const ours = new Set(itemsOf(own).map(identityOf));
  const places = itemsOf(existing).flatMap((item, at) => (ours.has(identityOf(item)) ? [at] : []));
  for (const at of places.reverse()) document.delete(at);
  return places.length === itemsOf(existing).length ? null : document.toString({ flowCollectionPadding: false });
}

function sequence(text: string) {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isSeq(document.contents) || !document.contents.items.every(isMap))
    throw new Error('subscriptions of argocd-notifications-cm is not a list of entries; mend it first');
  return document;
}

const itemsOf = (text: string): unknown[] => parseDocument(text).toJS() ?? [];

/** An entry that somebody restricted by a selector is still ours: recipients and triggers tell. */
const identityOf = (item: unknown): string => {
  const { recipients, triggers } = item as { recipients?: unknown; triggers?: unknown };
  return JSON.stringify([recipients, triggers]);
};
