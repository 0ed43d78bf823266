import { describe, expect, it } from 'vitest';
import { METADATA_FIELDS } from '../../../lib/contracts/artifact-set.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { planEvidence } from '../../../steps/submit-evidence/plan.ts';
import { aDeployment, anArtifact, anImage, artifactSetOf, configOf } from '../../support/evidence.ts';

const settings = Configuration.parse(configOf()).jet;
const TARGET = 'https://jet.example.com/publish';
const planOf = (artifact = anArtifact('api'), deployment = aDeployment(), jet = settings) => {
  const [planned] = planEvidence(deployment, artifactSetOf([artifact]), jet, TARGET);
  if (planned === undefined) throw new Error('nothing planned');
  return planned;
};

describe('the record of an artifact', () => {
  it('has these bytes', () => {
    expect(planOf().body).toBe(
      '{"eventStatus":"SUCCESS","deployTool":"ArgoCD","sealId":107647,"jetId":"JET-api","repoName":"shop-api",' +
        '"projectName":"shop","branch":"main","eventSubType":"EKS","commitId":"377560d4717b1d4456119fbf0793e4dab9a10ed8",' +
        '"sourceUri":"https://argocd.example.com/applications/argocd/guestbook",' +
        '"artifactId":"api:sha256@0000000000000000000000000000000000000000000000000000000000000000",' +
        '"artifactLocation":"artifactory/shop/api","targetEnvironment":"staging","initiator":"argocd-automated-sync"}',
    );
  });
  it('has this key and hash, on every machine and in every run', () => {
    expect(planOf()).toMatchObject({
      idempotencyKey: '32f8f06e-1c8d-8700-9b6d-502d9787d5a8',
      bodySha256: '8f2d10b1abf4aaf71bd8840262f6dc40e5adef17c0a04d3a97a526dc9f72eb67',
      subject: `registry.example.com/shop/api@${anImage('api').digest}`,
    });
  });
  it('says what the configuration says', () => {
    const body = planOf(undefined, undefined, { ...settings, deployTool: 'Tool', eventSubType: 'ECS' }).body ?? '';
    expect(JSON.parse(body)).toMatchObject({ deployTool: 'Tool', eventSubType: 'ECS' });
  });
  it('keeps text as it is', () => {
    const artifact = anArtifact('api');
    const branch = '{{workflow.name}} $(id) "ü\u2028';
    const body = planOf({ ...artifact, metadata: { ...artifact.metadata, branch } }).body ?? '';
    expect(JSON.parse(body)).toMatchObject({ branch });
  });
  it('has another key for another artifact and another operation', () => {
    const keys = [
      planOf(),
      planOf(anArtifact('web')),
      planOf(anArtifact('api'), aDeployment({ id: 'aaaabbbbccccdddd' })),
    ].map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(3);
    for (const key of keys)
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('an artifact', () => {
  it.each(METADATA_FIELDS)('without %s is never sent, whatever the lookup called it', field => {
    const artifact = anArtifact('api');
    const lacking = { ...artifact, metadata: { ...artifact.metadata, [field]: null } };
    expect(planOf(lacking)).toMatchObject({ state: 'quarantined', body: null, idempotencyKey: null });
  });
  it.each([
    ['resolved', 'planned'],
    ['incomplete', 'quarantined'],
    ['not-found', 'quarantined'],
    ['third-party', 'skipped'],
  ] as const)('that is %s is %s', (outcome, state) => {
    expect(planOf(anArtifact('api', { outcome })).state).toBe(state);
  });
  it('is named by its tag where nobody knows the digest', () => {
    const image = anImage('api', { digest: null, digestFrom: null });
    expect(planOf(anArtifact('api', { image })).subject).toBe('registry.example.com/shop/api:1.0.0');
  });

  it('is the text itself where that is no image reference', () => {
    const image = { ...anImage('api'), reference: '$(id)', registry: '', repository: '', tag: null, digest: null };
    expect(planOf(anArtifact('api', { image })).subject).toBe('$(id)');
  });
});
