import { vi } from 'vitest';
import type { Deployment, DeploymentResource } from '../../../lib/contracts/deployment.ts';
import type { ImageDiff } from '../../../lib/contracts/image-diff.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { main } from '../../../steps/diff-images/cli.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { runStep, workspace } from '../../support/run-step.ts';

export const ID = '0123456789abcdef';

export const resource = (part: Partial<DeploymentResource> = {}): DeploymentResource => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api', status: 'Synced', hookType: null },
  images: ['r/pay/api:2'],
  ...part,
});

export const synced = (...resources: DeploymentResource[]): Deployment => ({
  ...deploymentOf(ID),
  destination: { server: 'https://kubernetes.default.svc', name: null, namespace: 'pay', inCluster: true },
  resources,
});

/** The operation is no longer the last one of its Application. */
export const over = (deployment: Deployment): Deployment => ({
  ...deployment,
  operation: { ...deployment.operation, current: false, knownFrom: 'event' },
});

const configuration = (evidence: object, artifactory: object) => ({
  artifactory,
  schemaVersion: 'aftersync.config/v1',
  environments: { default: 'staging' },
  evidence: { settleTimeoutSeconds: 20, ...evidence },
  jet: { url: 'https://jet.example.com', token: { url: 'https://login.example.com/token', resource: 'jet' } },
});

interface Given {
  deployment: unknown;
  evidence?: object;
  artifactory?: object;
  files?: Record<string, unknown>;
  /** Flags; a value that names one of the files becomes its path. */
  flags?: string[];
  /** Whether KUBECONFIG names the stand-in. */
  cluster?: boolean;
}

/** Runs the step through its command line. */
export async function diffImages({
  deployment,
  evidence = {},
  artifactory = {},
  files = {},
  flags = [],
  cluster = false,
}: Given) {
  const all = { ...files, 'deployment.json': deployment, 'config.yaml': configuration(evidence, artifactory) };
  const place = await workspace({ ...all, kubeconfig: kubeconfigFor('http://kubernetes.test:6443') });
  vi.stubEnv('KUBECONFIG', cluster ? place.path('kubeconfig') : '/dev/null');
  const paths = flags.map(flag => (Object.hasOwn(files, flag) ? place.path(flag) : flag));
  const { exitCode, output } = await runStep(main, [
    ...['--deployment', place.path('deployment.json'), '--config', place.path('config.yaml')],
    ...['--out', place.path('out.json'), ...paths],
  ]);
  const isWritten = (await place.files()).includes('out.json');
  return { exitCode, output, diff: isWritten ? await place.json<ImageDiff>('out.json') : null };
}
