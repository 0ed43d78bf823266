import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import { ArtifactoryState } from '../../local/standins/artifactory-state.ts';
import { DeploymentEvidence, JetState, ReleaseEvent } from '../../local/standins/jet.ts';
import type { Behaviour } from '../../local/standins/stand-in.ts';
import { DEMO, kubectl, kubectlWith } from './cluster.ts';

const pathOf = (service: string, remote: string) =>
  `/api/v1/namespaces/${DEMO}/services/${service}:8080/proxy/_/${remote}`;

const Jet = z.object({ state: JetState, received: z.array(z.object({ path: z.string(), body: z.string() })) });

/** What the JET Evidence Store recorded of one Application, in order. */
export async function evidenceOf(application: string): Promise<z.infer<typeof DeploymentEvidence>[]> {
  const { state } = Jet.parse(JSON.parse(await kubectl('get', '--raw', pathOf('jet', 'jet'))));
  return state.deployments
    .map(({ body }) => DeploymentEvidence.parse(JSON.parse(body)))
    .filter(({ sourceUri }) => sourceUri.endsWith(`/${application}`));
}

/** The release events that the JET Evidence Store recorded for one change request. */
export async function releasesOf(changeRequest: string): Promise<z.infer<typeof ReleaseEvent>[]> {
  const { state } = Jet.parse(JSON.parse(await kubectl('get', '--raw', pathOf('jet', 'jet'))));
  return state.releases
    .map(({ body }) => ReleaseEvent.parse(JSON.parse(body)))
    .filter(release => release.changeRequest === changeRequest);
}

const held = readFileSync('deploy/demo/stand-ins/artifactory.yaml', 'utf8');

/** What Artifactory holds in the demo, to be changed and given to {@link setArtifactory}. */
export const demoArtifactory = (): ArtifactoryState =>
  z.object({ artifactory: z.object({ state: ArtifactoryState }) }).parse(parse(held)).artifactory.state;

export const artifactIdOf = (version: string) => `guestbook:sha256@${version.replaceAll('.', '')}`;

/** The same, with the metadata of more versions of the guestbook. */
export function withMetadataOf(...versions: string[]): ArtifactoryState {
  const state = demoArtifactory();
  const [known] = state.items;
  if (known === undefined) throw new Error('the demo has no item');
  const items = versions.map(version => ({
    ...known,
    path: `guestbook/${version}`,
    sha256: createHash('sha256').update(version).digest('hex'),
    properties: { ...known.properties, artifactId: artifactIdOf(version), jetId: 'A'.repeat(64) },
  }));
  return { ...state, items: [...state.items, ...items] };
}

export async function setArtifactory(state: ArtifactoryState, behaviour: Behaviour = {}): Promise<void> {
  await kubectlWith({ state, behaviour }, 'replace', '--raw', pathOf('artifactory', 'artifactory'), '-f', '-');
}

/** Changes how the JET Evidence Store answers; what it has recorded, and records meanwhile, stays. */
export async function setJet(state: Partial<JetState>, behaviour: Behaviour = {}): Promise<void> {
  await kubectlWith({ state, behaviour }, 'create', '--raw', pathOf('jet', 'jet'), '-f', '-');
}

/** Changes what a remote does wrong, and nothing of what it holds. */
export async function misbehave(service: string, remote: string, behaviour: Behaviour): Promise<void> {
  await kubectlWith({ behaviour }, 'create', '--raw', pathOf(service, remote), '-f', '-');
}

/** What the JET Evidence Store recorded of some Applications, with the idempotency keys, in order. */
export async function entriesOf(applications: readonly string[]) {
  const { state } = Jet.parse(JSON.parse(await kubectl('get', '--raw', pathOf('jet', 'jet'))));
  return state.deployments.flatMap(({ key, body }) => {
    const { sourceUri, artifactId, eventStatus } = DeploymentEvidence.parse(JSON.parse(body));
    const application = applications.find(name => sourceUri.endsWith(`/${name}`));
    return application === undefined ? [] : [{ application, artifactId, eventStatus, key }];
  });
}
