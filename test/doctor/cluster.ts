import { readFileSync } from 'node:fs';
import { HttpResponse, http } from 'msw';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { COMPACT_TEMPLATES, TEMPLATES } from '../../doctor/checks/templates.ts';
import { IDENTITIES } from '../../doctor/rights.ts';
import { failed, isAuthorized } from '../../local/standins/kubernetes.ts';
import { type Behaviour, behaving, type Received, type StandIn } from '../../local/standins/stand-in.ts';

type Item = Record<string, unknown>;

export interface ClusterState {
  /** By path below /api and /apis: `v1/namespaces/argocd/secrets/regcred`. A list ends with its plural. */
  objects: Map<string, Item>;
  /** Paths that may not be read or written. */
  hidden: RegExp[];
  /** Rights that an account does not have: `aftersync-fetch-app get applications`. */
  denied: string[];
}

const Review = z.object({
  spec: z.object({
    user: z.string(),
    groups: z.array(z.string()),
    resourceAttributes: z.object({
      verb: z.string(),
      resource: z.string(),
      subresource: z.string().optional(),
      namespace: z.string().optional(),
    }),
  }),
});

/** The part of an API server that doctor talks to; nothing but reviews can be posted. */
export function createDoctorCluster(state: ClusterState, behaviour: Behaviour = {}): StandIn & { state: ClusterState } {
  const received: Received[] = [];
  const answer = behaving(behaviour, received, (request, body) => {
    if (!isAuthorized(request)) return failed(401, 'Unauthorized', 'Unauthorized');
    const path = decodeURIComponent(new URL(request.url).pathname).replace(/^\/apis?\//, '');
    if (state.hidden.some(pattern => pattern.test(path))) return failed(403, 'Forbidden', path);
    if (request.method === 'POST') return review(Review.parse(JSON.parse(body)).spec);
    const label = new URL(request.url).searchParams.get('labelSelector');
    const found = state.objects.get(path.endsWith('/pods') ? `${path}?${label}` : path);
    if (found === undefined) return failed(404, 'NotFound', path);
    const isTable = (request.headers.get('accept') ?? '').includes('as=Table') && !('rows' in found);
    return HttpResponse.json(isTable ? { kind: 'Table', columnDefinitions: [], rows: [] } : found);
  });
  const bases = ['http://kubernetes.test:6443/api/*', 'http://kubernetes.test:6443/apis/*'];
  const reviews = ['localsubjectaccessreviews', 'subjectaccessreviews'].map(kind =>
    http.post(`${bases[1]}/${kind}`, answer),
  );
  return { state, received, handlers: [...bases.map(base => http.get(base, answer)), ...reviews] };

  function review({ user, groups, resourceAttributes }: z.infer<typeof Review>['spec']): Response {
    const { verb, resource, subresource } = resourceAttributes;
    const what = `${user.split(':').at(-1)} ${verb} ${[resource, subresource].filter(Boolean).join('/')}`;
    const isAccount = user.startsWith('system:serviceaccount:argocd:') && groups.includes('system:authenticated');
    return HttpResponse.json({ status: { allowed: isAccount && !state.denied.includes(what) } }, { status: 201 });
  }
}

const documentOf = (path: string): Item => parseAllDocuments(readFileSync(path, 'utf8'))[0]?.toJS();
const encoded = (data: Record<string, string>): Item => ({
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
});
const deployment = (namespace: string, name: string, image: string, readyReplicas = 1): Item => ({
  metadata: { name, namespace },
  spec: { replicas: 1, template: { spec: { containers: [{ image }] } } },
  status: { readyReplicas },
});
const ready = { metadata: { name: 'p' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
const deployed = { conditions: [{ type: 'Deployed', status: 'True' }] };
const listOf = (items: Item[]): Item => ({ metadata: {}, items });

export const PASSWORD = 'registry-pass-3f1c';
export const CLIENT_SECRET = 'client-secret-9a0b';
export const WEBHOOK_TOKEN = 'webhook-token-77aa';

/** A cluster in which nothing is wrong, made of the manifests of this repository. */
export function healthy(config: string): ClusterState {
  const argo = 'argoproj.io/v1alpha1';
  const here = `${argo}/namespaces/argocd`;
  const core = 'v1/namespaces/argocd';
  const ours = 'aftersync.dev/v1alpha1/namespaces/argocd';
  const crds = ['deploymentrecords', 'deploymentrecordparts', 'deploymentalerts'].map(
    name =>
      [
        `apiextensions.k8s.io/v1/customresourcedefinitions/${name}.aftersync.dev`,
        documentOf(`deploy/crds/${name}.yaml`),
      ] as const,
  );
  const templates = [...TEMPLATES, ...COMPACT_TEMPLATES].map(
    name => [`${argo}/clusterworkflowtemplates/${name}`, { metadata: { name } }] as const,
  );
  const auth = Buffer.from(`robot:${PASSWORD}`).toString('base64');
  return {
    hidden: [],
    denied: [],
    objects: new Map<string, Item>([
      ...crds,
      ...templates,
      [`${here}/eventbus/aftersync`, { status: deployed }],
      [`${here}/eventsources/argocd`, { status: deployed }],
      [`${here}/sensors/argocd-sync`, { ...documentOf('sensors/argocd-sync.yaml'), status: deployed }],
      [`${here}/cronworkflows/reconcile`, { spec: { suspend: false } }],
      [`${core}/configmaps/aftersync-config`, { data: { 'config.yaml': config } }],
      [`${core}/configmaps/argocd-notifications-cm`, documentOf('event-sources/argocd/notifications-cm.yaml')],
      [`${core}/configmaps`, listOf([])],
      [`${core}/secrets/argocd-notifications-secret`, encoded({ 'aftersync-token': WEBHOOK_TOKEN })],
      [`${core}/secrets/aftersync-webhook`, encoded({ token: WEBHOOK_TOKEN })],
      [`${core}/secrets/jet-proxy`, encoded({ 'client-id': 'robot', 'client-secret': CLIENT_SECRET })],
      [
        `${core}/secrets/regcred`,
        encoded({ '.dockerconfigjson': JSON.stringify({ auths: { 'artifactory.test': { auth } } }) }),
      ],
      [
        `${core}/serviceaccounts`,
        listOf(IDENTITIES.filter(({ optional }) => !optional).map(({ account }) => ({ metadata: { name: account } }))),
      ],
      [
        'apps/v1/deployments',
        listOf([
          deployment('argocd', 'argocd-notifications-controller', 'quay.io/argoproj/argocd:v3.5.1'),
          deployment('argo', 'workflow-controller', 'quay.io/argoproj/workflow-controller:v3.7.15'),
          deployment('argo-events', 'controller-manager', 'quay.io/argoproj/argo-events:v1.9.11'),
        ]),
      ],
      ...['eventbus-name=aftersync', 'eventsource-name=argocd', 'sensor-name=argocd-sync'].map(
        label => [`${core}/pods?${label}`, listOf([ready])] as const,
      ),
      [`${here}/applications`, listOf([])],
      [`${here}/workflows`, listOf([])],
      ['events.k8s.io/v1/namespaces/argocd/events', listOf([])],
      [`apiextensions.k8s.io/v1/customresourcedefinitions/changewindows.changemgmt.example.com`, {}],
      [`${ours}/deploymentalerts`, listOf([])],
      [
        `${ours}/deploymentrecords`,
        listOf([{ metadata: { name: '3f1c9a0b7d2e4f68', creationTimestamp: '2026-11-20T10:00:00Z' } }]),
      ],
    ]),
  };
}
