import type { Configuration } from '../lib/contracts/configuration.ts';
import { applicationNamespacesOf } from '../lib/contracts/scope.ts';

/** A rule of a Role: verbs on resources, a subresource after a slash. */
export interface Rule {
  group: string;
  resources: readonly string[];
  verbs: readonly string[];
}

/** A service account and what its step cannot do without. */
export interface Identity {
  account: string;
  rules: readonly Rule[];
  /** Of a component that not every overlay has. */
  optional?: true;
}

/** One question to the API server. */
export interface Right {
  account: string;
  /** null: in all of them. */
  namespace: string | null;
  group: string;
  resource: string;
  verb: string;
}

const rule = (group: string, resources: readonly string[], ...verbs: readonly string[]): Rule => ({
  group,
  resources,
  verbs,
});
const ARGO = 'argoproj.io';
const OURS = 'aftersync.dev';
const WINDOWS = 'changemgmt.example.com';
const RECORDS = ['deploymentrecords', 'deploymentrecordparts'];
const readApplication = rule(ARGO, ['applications'], 'get');
const readEvents = rule('events.k8s.io', ['events'], 'list');
const readRecords = rule(OURS, RECORDS, 'get', 'list');
const keepRecords = [
  rule(OURS, RECORDS, 'get', 'list', 'create'),
  rule(OURS, ['deploymentrecords/status', 'deploymentrecordparts/status'], 'update'),
];
const readWindows = rule(WINDOWS, ['changewindows'], 'get', 'list');

/** The Roles of deploy/base/identities and of the components; a test holds the two against each other. */
export const IDENTITIES: readonly Identity[] = [
  { account: 'aftersync-fetch-app', rules: [readApplication, readEvents, ...keepRecords] },
  { account: 'aftersync-diff-images', rules: [readRecords, readApplication] },
  { account: 'aftersync-submit-evidence', rules: keepRecords },
  { account: 'aftersync-submit-release', rules: [...keepRecords, readWindows] },
  {
    account: 'aftersync-conclude',
    rules: [
      rule(OURS, ['deploymentalerts'], 'get', 'create'),
      rule(OURS, ['deploymentalerts/status'], 'update'),
      rule(OURS, RECORDS, 'get'),
    ],
  },
  {
    account: 'aftersync-reconcile',
    rules: [
      rule(ARGO, ['applications'], 'get', 'list'),
      readEvents,
      rule(OURS, ['deploymentrecords'], 'get', 'list'),
      rule(ARGO, ['workflows'], 'list', 'create'),
      rule('', ['configmaps'], 'list'),
      rule(OURS, ['deploymentalerts'], 'get', 'list', 'create', 'delete'),
      rule(OURS, ['deploymentalerts/status'], 'update'),
    ],
  },
  {
    account: 'aftersync-sensor',
    rules: [rule(ARGO, ['workflows'], 'create', 'get', 'patch'), rule('', ['configmaps'], 'create')],
  },
  { account: 'aftersync-executor', rules: [rule(ARGO, ['workflowtaskresults'], 'create', 'patch')] },
  {
    account: 'aftersync-archive',
    rules: [rule(OURS, ['deploymentrecords'], 'get', 'list', 'delete'), rule(OURS, ['deploymentrecordparts'], 'get')],
    optional: true,
  },
  {
    account: 'aftersync-pipeline',
    rules: [readApplication, readEvents, readRecords, ...keepRecords, readWindows],
    optional: true,
  },
];

/** What is needed in other namespaces than that of the records. */
const ELSEWHERE: readonly Identity[] = [
  { account: 'aftersync-fetch-app', rules: [readApplication, readEvents] },
  {
    account: 'aftersync-reconcile',
    rules: [rule(ARGO, ['applications'], 'get', 'list'), readEvents],
  },
];

/** @param configuration null where it is not known: then what the manifests give is asked for */
export function rightsOf(accounts: readonly string[], namespace: string, configuration: Configuration | null): Right[] {
  const here = IDENTITIES.flatMap(identity => questions(identity, namespace, configuration));
  const named = applicationNamespacesOf(namespace, configuration?.reconcile.applicationNamespaces ?? []);
  const there = named
    .filter(other => other !== namespace)
    .flatMap(other => ELSEWHERE.flatMap(identity => questions(identity, other, configuration)));
  return [...here, ...there].filter(({ account }) => accounts.includes(account));
}

function questions({ account, rules }: Identity, namespace: string, configuration: Configuration | null): Right[] {
  return rules.flatMap(({ group, resources, verbs }) => {
    const windows = group === WINDOWS ? windowsOf(configuration) : { group, resources };
    if (windows === null) return [];
    return windows.resources.flatMap(resource =>
      verbs.map(verb => ({ account, namespace, group: windows.group, resource, verb })),
    );
  });
}

/** Change windows are looked for in production alone, and may be of any type. @returns null where nobody looks for them */
export function windowsOf(configuration: Configuration | null): { group: string; resources: string[] } | null {
  if (configuration === null) return { group: WINDOWS, resources: ['changewindows'] };
  if (configuration.environments.production.length === 0) return null;
  const { apiVersion, kind } = configuration.changeWindow;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return { group, resources: [`${kind.toLowerCase()}s`] };
}
