import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { kustomize, render } from './render.ts';

const Labels = z.record(z.string(), z.string());
type Labels = z.infer<typeof Labels>;

// Strict, so that a selector this test does not understand is an error.
const Selector = z.strictObject({
  matchLabels: Labels.default({}),
  matchExpressions: z.array(z.strictObject({ key: z.string(), operator: z.literal('Exists') })).default([]),
});
const Peers = z.array(z.strictObject({ podSelector: Selector }));
const Policy = z.object({
  metadata: z.object({ name: z.string(), namespace: z.literal('argocd') }),
  spec: z.strictObject({
    podSelector: Selector,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(z.strictObject({ from: Peers, ports: z.array(z.object({ port: z.number() })) })).default([]),
    egress: z
      .array(z.strictObject({ to: Peers.optional(), ports: z.array(z.object({ port: z.number() })) }))
      .default([]),
  }),
});
const Pipeline = z.object({ spec: z.object({ podMetadata: z.object({ labels: Labels }) }) });

const selects = ({ matchLabels, matchExpressions }: z.infer<typeof Selector>, labels: Labels) =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key }) => key in labels);

const workflowPod = { 'workflows.argoproj.io/workflow': 'guestbook-1f', 'workflows.argoproj.io/completed': 'false' };

/** Pods by name, with the labels that Argo Events 1.9 and Argo Workflows 3.7 put on what the overlay declares. */
function ourPods(overlay: string): Record<string, Labels> {
  const manifests = render(overlay);
  const nameOf = (kind: string) => manifests.find(one => one.kind === kind)?.metadata.name ?? '';
  const events = (kind: 'EventBus' | 'EventSource' | 'Sensor') => ({
    controller: `${kind.toLowerCase()}-controller`,
    'owner-name': nameOf(kind),
    [`${kind.toLowerCase()}-name`]: nameOf(kind),
  });
  const { labels } = Pipeline.parse(manifests.find(({ metadata }) => metadata.name === 'post-deployment')).spec
    .podMetadata;
  return {
    'event-bus': events('EventBus'),
    'event-source': events('EventSource'),
    sensor: events('Sensor'),
    steps: { ...workflowPod, ...labels },
  };
}

const argoCd = [
  'application-controller',
  'applicationset-controller',
  'commit-server',
  'dex-server',
  'notifications-controller',
  'redis',
  'repo-server',
  'server',
].map(name => `argocd-${name}`);
/** As their Deployments label them, and as a user's own kustomization with a common label may. */
const otherPods: Record<string, Labels> = {
  ...Object.fromEntries(argoCd.map(name => [name, { 'app.kubernetes.io/name': name }])),
  ...Object.fromEntries(
    argoCd.map(name => [
      `${name} labelled part-of`,
      { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'argocd' },
    ]),
  ),
  "somebody else's Workflow": workflowPod,
  "somebody else's EventSource": { controller: 'eventsource-controller', 'eventsource-name': 'github' },
  "somebody else's bus": { controller: 'eventbus-controller', 'eventbus-name': 'default' },
};

const policiesOf = (overlay: string) =>
  render(overlay)
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map(manifest => Policy.parse(manifest));

describe.skipIf(kustomize === undefined)('NetworkPolicies (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  describe.each(['staging', 'production'])('%s', overlay => {
    test('each of our pods has the policy of its name, and no other', () => {
      const selected = Object.entries(ourPods(overlay)).map(([pod, labels]) => [
        pod,
        policiesOf(overlay)
          .filter(({ spec }) => selects(spec.podSelector, labels))
          .map(({ metadata }) => metadata.name),
      ]);
      expect(Object.fromEntries(selected)).toEqual({
        'event-bus': ['aftersync-event-bus'],
        'event-source': ['aftersync-event-source'],
        sensor: ['aftersync-sensor'],
        steps: ['aftersync-steps'],
      });
    });

    test.each(Object.entries(otherPods))('%s has none', (_, labels) => {
      expect(policiesOf(overlay)).toHaveLength(4);
      expect(policiesOf(overlay).filter(({ spec }) => selects(spec.podSelector, labels))).toEqual([]);
    });

    test('each is reached by those that it is for', () => {
      const pods = { ...ourPods(overlay), ...otherPods };
      const reachable = policiesOf(overlay).map(({ metadata, spec }) => [
        metadata.name,
        spec.policyTypes.includes('Ingress') &&
          spec.ingress.flatMap(({ from, ports }) =>
            Object.entries(pods)
              .filter(([, labels]) => from.some(({ podSelector }) => selects(podSelector, labels)))
              .flatMap(([pod]) => ports.map(({ port }) => `${pod}:${port}`)),
          ),
      ]);
      expect(Object.fromEntries(reachable)).toEqual({
        'aftersync-event-bus': ['event-source:4222', 'sensor:4222', 'event-bus:6222'],
        'aftersync-event-source': [
          'argocd-notifications-controller:12000',
          'argocd-notifications-controller labelled part-of:12000',
        ],
        'aftersync-sensor': [],
        'aftersync-steps': [],
      });
    });

    test.each([
      ['aftersync-event-bus', [53, 53, 6222]],
      ['aftersync-event-source', [53, 53, 4222]],
      ['aftersync-sensor', [53, 53, 4222, 443, 6443]],
      ['aftersync-steps', [53, 53, 443, 6443]],
    ])('%s may go out by its own ports alone', (name, ports) => {
      const spec = policiesOf(overlay).find(({ metadata }) => metadata.name === name)?.spec;
      expect(spec?.policyTypes).toContain('Egress');
      expect(spec?.egress.flatMap(rule => rule.ports.map(({ port }) => port))).toEqual(ports);
    });
  });

  test('demo has none: its stand-ins answer on ports of their own', () => expect(policiesOf('demo')).toEqual([]));
});
