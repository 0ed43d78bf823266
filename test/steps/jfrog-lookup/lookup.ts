import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import type { ArtifactSet } from '../../../lib/contracts/artifact-set.ts';
import type { ArtifactoryState } from '../../../local/standins/artifactory-state.ts';
import { main } from '../../../steps/jfrog-lookup/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';

export const SAMPLES = 'steps/jfrog-lookup/samples';
export const CANARY = 'canary-9d41c7';
export const REGISTRY = 'docker.artifactory.example.com';
export const BASE = 'https://artifactory.example.com/artifactory';

export type State = z.input<typeof ArtifactoryState>;
type Item = NonNullable<State['items']>[number];

export const hex = (seed: number | string): string => String(seed).repeat(64).slice(0, 64);

export const JET = {
  jetId: '70F27854ACAF95997AA30130B7A150AE8591C4AF05EE3B5389DC6EC057F624BB',
  sealId: '107647',
  projectName: 'payments',
  repoName: 'api',
  branch: 'release/1.0',
  commitId: '377560d4717b1d4456119fbf0793e4dab9a10ed8',
};

export const item = (
  path: string,
  sha256: string,
  properties: Item['properties'] = JET,
  more: Partial<Item> = {},
): Item => ({
  repo: 'docker-local',
  path,
  name: 'manifest.json',
  sha256,
  properties,
  ...more,
});

export const folder = (path: string, name: string, properties: Item['properties']): Item => ({
  repo: 'docker-local',
  path,
  name,
  type: 'folder',
  properties,
});

export const state = (items: Item[], more: Partial<State> = {}): State => ({
  credentials: { username: 'svc-jet', password: CANARY },
  repositories: [
    { key: 'docker-local', rclass: 'local' },
    { key: 'other-local', rclass: 'local' },
    { key: 'docker-hub', rclass: 'remote' },
    { key: 'docker', rclass: 'virtual', repositories: ['docker-local', 'docker-hub'] },
  ],
  items,
  ...more,
});

/** An image of diff-images; `at` is registry/repository:tag, the digest optional. */
export function image(at: string, sha256: string | null = null, change = 'added') {
  const slash = at.indexOf('/');
  const [repository = '', tag = null] = at.slice(slash + 1).split(':');
  return {
    reference: at,
    registry: at.slice(0, slash),
    repository,
    tag,
    digest: sha256 && `sha256:${sha256}`,
    digestFrom: sha256 && 'pod',
    change,
    previousReferences: [],
    workloads: [
      {
        group: 'apps',
        kind: 'Deployment',
        namespace: 'pay',
        name: 'api',
        container: 'api',
        containerType: 'container',
        hookType: null,
      },
    ],
  };
}

const sample = async (name: string) => JSON.parse(await readFile(`${SAMPLES}/${name}`, 'utf8'));

export interface Given {
  images?: ReturnType<typeof image>[];
  artifactory?: object;
  regcred?: unknown;
  deployment?: object;
  diff?: object;
}

/** Runs the step through its command line on its sample, changed as given. */
export async function lookUp({ images = [], artifactory = { url: BASE }, regcred, deployment, diff }: Given) {
  const place = await workspace({
    'deployment.json': { ...(await sample('deployment.json')), ...deployment },
    'image-diff.json': { ...(await sample('image-diff.json')), images, ...diff },
    'regcred.json': regcred ?? { auths: { 'artifactory.example.com': { username: 'svc-jet', password: CANARY } } },
    'config.yaml': {
      schemaVersion: 'aftersync.config/v1',
      environments: { default: 'prod' },
      jet: { url: 'https://jet.example.com', token: { url: 'https://idp.example.com/token', resource: 'r' } },
      artifactory: { budgetSeconds: 5, ...artifactory },
    },
  });
  const flag = (name: string, file: string) => `--${name}=${place.path(file)}`;
  const argv = [
    flag('deployment', 'deployment.json'),
    flag('image-diff', 'image-diff.json'),
    flag('regcred', 'regcred.json'),
    flag('config', 'config.yaml'),
    flag('out', 'artifacts.json'),
  ];
  const { exitCode, output } = await runStep(main, argv);
  const written = (await place.files()).includes('artifacts.json');
  const set = written ? await place.json<ArtifactSet>('artifacts.json') : null;
  return { exitCode, output, set, first: set?.artifacts[0], files: await place.files() };
}
