import { createHash } from 'node:crypto';
import type { Artifact, ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { DeployedImage } from '../../lib/contracts/image-diff.ts';
import { createJetStandIn, type JetState } from '../../local/standins/jet.ts';
import type { Behaviour } from '../../local/standins/stand-in.ts';
import { createTokenStandIn } from '../../local/standins/token.ts';
import { deploymentOf } from './deployment.ts';

export const ID = '3f1c9a0b7d2e4f68';
/** Secrets that must not be found in anything that a run leaves behind. */
export const CANARIES = { clientSecret: 'canary-secret-5f2e/+=', accessToken: 'canary-token-91c7' } as const;
export const RESOURCE = 'URI:RS-107647-JetProxy';

export function anImage(name: string, over: Partial<DeployedImage> = {}): DeployedImage {
  return {
    reference: `registry.example.com/shop/${name}:1.0.0`,
    registry: 'registry.example.com',
    repository: `shop/${name}`,
    tag: '1.0.0',
    digest: `sha256:${createHash('sha256').update(name).digest('hex')}`,
    digestFrom: 'pod',
    change: 'updated',
    previousReferences: [],
    workloads: [
      {
        group: 'apps',
        kind: 'Deployment',
        namespace: 'shop',
        name,
        container: name,
        containerType: 'container',
        hookType: null,
      },
    ],
    ...over,
  };
}

/** A complete artifact. */
export function anArtifact(name: string, over: Partial<Artifact> = {}): Artifact {
  return {
    image: anImage(name),
    outcome: 'resolved',
    metadata: {
      jetId: `JET-${name}`,
      sealId: 107647,
      artifactId: `${name}:sha256@${'0'.repeat(64)}`,
      artifactLocation: `artifactory/shop/${name}`,
      projectName: 'shop',
      branch: 'main',
      repoName: `shop-${name}`,
      commitId: '377560d4717b1d4456119fbf0793e4dab9a10ed8',
    },
    fieldSources: { jetId: 'property jetId' },
    missing: [],
    detail: 'every field was found',
    ...over,
  };
}

/** An artifact of ours that nobody gave a jetId. */
export function anIncomplete(name: string): Artifact {
  const artifact = anArtifact(name);
  return {
    ...artifact,
    outcome: 'incomplete',
    metadata: { ...artifact.metadata, jetId: null },
    missing: ['jetId'],
    detail: `set the property jetId on shop/${name}/1.0.0`,
  };
}

export const artifactSetOf = (artifacts: Artifact[], unchanged: DeployedImage[] = []): ArtifactSet => ({
  schemaVersion: 'aftersync.artifact-set/v1',
  deploymentId: ID,
  artifacts,
  unchanged,
});

export const aDeployment = (over: Partial<Deployment> = {}): Deployment => ({ ...deploymentOf(ID), ...over });

/** The section `jet` is filled in with what stands in for it. */
export const configOf = (jet: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) => ({
  schemaVersion: 'aftersync.config/v1',
  environments: { default: 'staging', production: ['prod'] },
  jet: {
    url: 'https://jet.example.com/proxy',
    token: { url: 'https://idp.example.com/adfs/oauth2/token', resource: RESOURCE },
    ...jet,
  },
  ...rest,
});

export const jetStandIn = (state: Partial<JetState> = {}, behaviour: Behaviour = {}) =>
  createJetStandIn({ accessToken: CANARIES.accessToken, ...state }, behaviour);

export const tokenStandIn = (behaviour: Behaviour = {}) =>
  createTokenStandIn(
    {
      clientId: 'PC-1',
      clientSecret: CANARIES.clientSecret,
      resource: RESOURCE,
      accessToken: CANARIES.accessToken,
    },
    behaviour,
  );
