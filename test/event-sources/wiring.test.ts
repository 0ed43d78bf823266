import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { unwiringPatch, wiringPatch } from '../../event-sources/argocd/wiring.ts';

const fragment = {
  'service.webhook.aftersync': 'url: http://aftersync-argocd:12000\n',
  subscriptions: '- recipients: [aftersync]\n  triggers: [aftersync]\n',
};
const theirs = `# ours go to the team's channel
- recipients: [slack:team]
  selector: team=payments # by label
  triggers: [on-deployed]
`;

test('an empty ConfigMap gets everything', () => {
  expect(wiringPatch({}, fragment)).toEqual(fragment);
});

test('what others subscribed to stays as it was written, ours is added once', () => {
  const { subscriptions } = wiringPatch({ subscriptions: theirs, context: 'a: b' }, fragment);
  expect(subscriptions).toContain("# ours go to the team's channel\n");
  expect(subscriptions).toContain('selector: team=payments # by label\n');
  expect(parse(subscriptions ?? '')).toEqual([...parse(theirs), ...parse(fragment.subscriptions)]);
  expect(wiringPatch({ subscriptions: subscriptions ?? '' }, fragment).subscriptions).toBe(subscriptions);
});

test('no key of others is in the patch', () => {
  const existing = { subscriptions: theirs, context: 'a: b', 'service.slack': 'token: $slack' };
  expect(Object.keys(wiringPatch(existing, fragment))).toEqual(Object.keys(fragment));
  expect(Object.keys(unwiringPatch(existing, fragment))).toEqual(Object.keys(fragment));
});

test('taking it away leaves what others subscribed to', () => {
  const { subscriptions } = wiringPatch({ subscriptions: theirs }, fragment);
  const patch = unwiringPatch({ subscriptions: subscriptions ?? '' }, fragment);
  expect(patch['service.webhook.aftersync']).toBeNull();
  expect(parse(patch.subscriptions ?? '')).toEqual(parse(theirs));
});

test('taking it away takes the key where nobody else used it', () => {
  expect(unwiringPatch(fragment, fragment).subscriptions).toBeNull();
});

test('an entry that the operator restricted is not added a second time', () => {
  const restricted = '- recipients: [aftersync]\n  triggers: [aftersync]\n  selector: evidence!=off\n';
  expect(wiringPatch({ subscriptions: restricted }, fragment).subscriptions).toBe(restricted);
});

test('a subscriptions text that is no list is refused, not replaced', () => {
  expect(() => wiringPatch({ subscriptions: 'not: a list' }, fragment)).toThrow(/mend it first/);
});
