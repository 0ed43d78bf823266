import { isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import { innerList } from './inner-yaml.ts';

const OURS = 'aftersync';

/** The `subscriptions` of Argo CD with ours; unchanged where somebody subscribed aftersync already, by selector or not. */
export function subscribe(text: string, ours: string) {
  const list = innerList(text, 'subscriptions');
  if (list.node.items.some(item => names(item, 'recipients') && names(item, 'triggers'))) return null;
  list.node.items.push(...innerList(ours, 'subscriptions').node.items);
  return list.toScalar();
}

/** Without ours: a subscription that names others as well keeps them. null: unchanged; empty: nothing is left. */
export function unsubscribe(text: string) {
  const list = innerList(text, 'subscriptions');
  const mine = list.node.items.filter(item => names(item, 'recipients') || names(item, 'triggers'));
  if (mine.length === 0) return null;
  for (const item of mine) {
    const left = [drop(item, 'recipients'), drop(item, 'triggers')];
    // Without triggers it would mean the default ones, without recipients nobody.
    if (left.includes(0)) list.node.items = list.node.items.filter(other => other !== item);
  }
  return { scalar: list.toScalar(), isEmpty: list.node.items.length === 0 };
}

const listOf = (item: unknown, key: string): YAMLSeq | null => {
  const list = isMap(item) ? (item as YAMLMap).get(key) : null;
  return isSeq(list) ? list : null;
};
/** A recipient is `service` or `service:recipient`. */
const isOurs = (entry: unknown): boolean => isScalar(entry) && String(entry.value).split(':')[0] === OURS;
const names = (item: unknown, key: string): boolean => listOf(item, key)?.items.some(isOurs) ?? false;

/** @returns how many entries are left */
function drop(item: unknown, key: string): number | null {
  const list = listOf(item, key);
  if (list === null) return null;
  list.items = list.items.filter(entry => !isOurs(entry));
  return list.items.length;
}
