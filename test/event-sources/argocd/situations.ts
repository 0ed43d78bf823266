import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

const FIXTURE = 'test/fixtures/applications/sync-succeeded-single-source.yaml';

/** An Application after a sync, with other metadata, spec, operationState or syncResult. */
function application({ metadata = {}, spec = {}, state = {}, result = {} }: Record<string, Json> = {}): Json {
  const base = parse(readFileSync(FIXTURE, 'utf8'));
  const { operationState } = base.status;
  return {
    ...base,
    metadata: { ...base.metadata, ...metadata },
    spec: { ...base.spec, ...spec },
    status: {
      ...base.status,
      operationState: { ...operationState, ...state, syncResult: { ...operationState.syncResult, ...result } },
    },
  };
}

const deployments = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: `workload-${n}`,
    status: 'Synced',
    images: [`registry.example.com/shop/workload-${n}@sha256:${n.toString(16).padStart(64, '0')}`],
  }));
const sources = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    repoURL: `https://git.example.com/${'team/'.repeat(20)}${n}.git`,
    path: '.',
  }));
const without = (key: string): Json => {
  const base = application();
  const status = base.status as { operationState: Json };
  const { [key]: _, ...operationState } = status.operationState;
  return { ...base, status: { ...status, operationState } };
};

const HOSTILE = `"quotes" 'and' \`ticks\`, a \\ backslash, {{ .secrets }} {{=1+1}} {{workflow.name}} {{- end }} \${HOME} $aftersync-token
a new line\ttab, </script> & <!-- -->, %s %d %!s(MISSING), \u2028 \u0007 \u001b[31m`;

/** What an Application could hold that breaks a template which splices text. */
export const SITUATIONS: Record<string, Json> = {
  'hostile message': application({ state: { phase: 'Failed', message: HOSTILE } }),
  'hostile initiator, project and revision': application({
    spec: { project: HOSTILE },
    state: { operation: { initiatedBy: { username: HOSTILE } } },
    result: { revision: HOSTILE },
  }),
  'hostile sources and resources': application({
    result: {
      source: { repoURL: HOSTILE, path: HOSTILE, targetRevision: HOSTILE },
      resources: [
        { group: HOSTILE, kind: HOSTILE, namespace: HOSTILE, name: HOSTILE, status: HOSTILE, images: [HOSTILE] },
      ],
    },
  }),
  unicode: application({ state: { message: 'Größe 10 µm, 日本語, 🚀, \u202e, e\u0301' } }),
  'without operation': without('operation'),
  'without syncResult': without('syncResult'),
  'without finishedAt': without('finishedAt'),
  'without message': without('message'),
  'nulls of Go': application({
    state: { message: null, operation: { initiatedBy: null, sync: null } },
    result: { resources: null, revisions: null, sources: null },
  }),
  'empty project': application({ spec: { project: '' } }),
  'three sources': application({
    result: {
      revision: '',
      revisions: ['0.3.13', 'a'.repeat(40), 'b'.repeat(40)],
      source: { repoURL: '' },
      sources: [
        {
          repoURL: 'https://charts.example.com',
          chart: 'shop',
          targetRevision: '0.x.x',
          helm: { valueFiles: ['$values/shop.yaml'] },
        },
        { repoURL: 'https://git.example.com/values.git', ref: 'values', targetRevision: 'main' },
        { repoURL: 'https://git.example.com/deploy.git', path: 'shop' },
      ],
    },
  }),
  'partial self-heal': application({
    state: {
      operation: {
        initiatedBy: { automated: true },
        sync: { resources: [{ kind: 'Deployment', name: 'web' }], autoHealAttemptsCount: 3, dryRun: true },
      },
    },
  }),
  'name of 253 characters': application({ metadata: { name: `${'shop.'.repeat(50)}end` } }),
  'name with a dot where it is cut': application({ metadata: { name: `${'a'.repeat(39)}.b` } }),
  'name with dots and dashes where it is cut': application({ metadata: { name: `${'a'.repeat(36)}-.--b` } }),
  '200 resources with images': application({ result: { resources: deployments(200) } }),
};

/** What does not fit into an event: too many resources, too many sources as well. */
export const TOO_LARGE: Record<string, Json> = {
  '2000 resources with images': application({ result: { resources: deployments(2000) } }),
  '2000 resources and 2000 sources': application({
    result: {
      resources: deployments(2000),
      sources: sources(2000),
      revisions: sources(2000).map(() => 'c'.repeat(40)),
    },
  }),
};

/** A message is cut by bytes: this one in the middle of a character. */
export const LONG_MESSAGE = application({ state: { phase: 'Failed', message: `a${'é'.repeat(4000)}` } });

/** Applications that say nothing of a finished operation, or do not want to be looked at. */
export const SILENT: Record<string, Json> = {
  'still running': application({ state: { phase: 'Running' } }),
  terminating: application({ state: { phase: 'Terminating' } }),
  'never synced': { ...application(), status: { health: { status: 'Healthy' } } },
  'without status': { ...application(), status: undefined },
  'annotated to be ignored': application({ metadata: { annotations: { 'aftersync.dev/ignore': 'true' } } }),
};
export const HEARD: Record<string, Json> = {
  Succeeded: application(),
  Failed: application({ state: { phase: 'Failed' } }),
  'Error without anything else': application({ state: { phase: 'Error' } }),
  'with other annotations': application({ metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } }),
  'annotated with another value': application({ metadata: { annotations: { 'aftersync.dev/ignore': 'false' } } }),
};
