import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openDirectoryLedger } from '../../lib/ledger/directory.ts';
import { isSignedBy } from '../../lib/signing/dsse.ts';
import { statementIn } from '../../lib/signing/seal.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { main as evidence } from '../../steps/submit-evidence/cli.ts';
import { main as release } from '../../steps/submit-release/cli.ts';
import {
  aDeployment,
  anArtifact,
  artifactSetOf,
  CANARIES,
  configOf,
  ID,
  jetStandIn,
  tokenStandIn,
} from '../support/evidence.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';

const network = remotes();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PRODUCTION = { targetEnvironment: 'prod', production: true };
const WINDOW = `
apiVersion: changemgmt.example.com/v1
kind: ChangeWindow
metadata: {name: chg0000042, namespace: argocd}
spec: {snowId: CHG0000042, startTime: "2026-11-20T09:00:00Z", endTime: "2026-11-20T11:00:00Z"}
`;

beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
  return () => vi.unstubAllEnvs();
});

/** A production sync of one image, with the key that the steps find. */
async function situation(key: string | null) {
  const place = await workspace({
    'deployment.json': aDeployment(PRODUCTION),
    'artifacts.json': artifactSetOf([anArtifact('api')]),
    'config.yaml': configOf(),
    'window.yaml': WINDOW,
    'key.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  const { path: inSecret } = await workspace(key === null ? {} : { 'key.pem': key });
  vi.stubEnv('AFTERSYNC_SIGNING_KEY_FILE', inSecret('key.pem'));
  const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
  const deployment = `--deployment=${place.path('deployment.json')}`;
  const out = (name: string) => `--out=${place.path(name)}`;
  const artifacts = `--artifacts=${place.path('artifacts.json')}`;
  const given = [`--evidence=${place.path('evidence.json')}`, `--change-window=${place.path('window.yaml')}`];
  return {
    evidence: () => runStep(evidence, [deployment, artifacts, ...rest, out('evidence.json')]),
    release: () => runStep(release, [deployment, ...given, ...rest, out('release.json')]),
    verify: (...argv: string[]) => runStep(verify, [ID, `--ledger=${place.path('records')}`, ...argv]),
    publicKey: `--public-key=${place.path('key.pub')}`,
    record: async () => openDirectoryLedger(place.path('records')).read(ID),
  };
}

const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('sealing', () => {
  it('signs the head at the end of each step that wrote', async () => {
    network.use(jetStandIn());
    network.use(tokenStandIn());
    const at = await situation(PEM);
    expect(await at.evidence()).toMatchObject({ exitCode: 0 });
    const afterEvidence = await at.record();
    expect(await at.release()).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^accepted: /m) });
    const record = await at.record();
    const [seal] = record?.seals?.slice(-1) ?? [];
    if (seal === undefined || record === null) throw new Error('not sealed');
    expect(isSignedBy(seal.envelope, publicKey)).toBe(true);
    expect(statementIn(seal.envelope)?.predicate).toMatchObject({
      record: ID,
      sequence: record.receipts?.length,
      head: record.head,
      changeRequest: 'CHG0000042',
    });
    // The later one covers what the earlier did.
    expect(afterEvidence?.seals).toHaveLength(1);
    expect(record.seals).toHaveLength(1);
    expect(await at.verify(at.publicKey)).toMatchObject({ exitCode: 0 });
  });

  it('says the head on the log, where it is out of reach of who may write records', async () => {
    network.use(jetStandIn());
    network.use(tokenStandIn());
    const at = await situation(null);
    const { output } = await at.evidence();
    const record = await at.record();
    expect(output).toContain(`record ${ID} head ${record?.head}\n`);
    expect(await at.verify(`--head=${record?.head}`)).toMatchObject({ exitCode: 0 });
  });

  it('signs nothing where there is no key', async () => {
    network.use(jetStandIn());
    network.use(tokenStandIn());
    const at = await situation(null);
    expect(await at.evidence()).toMatchObject({ exitCode: 0 });
    expect((await at.record())?.seals).toBeUndefined();
    expect(await at.verify()).toMatchObject({ exitCode: 0 });
    expect(await at.verify(at.publicKey)).toMatchObject({ exitCode: 1 });
  });

  it('adds nothing when a step is run again and nothing has happened', async () => {
    network.use(jetStandIn());
    network.use(tokenStandIn());
    vi.stubEnv('AFTERSYNC_RUN', 'run-1');
    const at = await situation(PEM);
    await at.evidence();
    const before = await at.record();
    expect(await at.evidence()).toMatchObject({ exitCode: 0 });
    expect(await at.record()).toEqual(before);
  });

  it.each(['submit-evidence', 'submit-release'])(
    'ends %s with exit 2 before anything is sent where the key is none',
    async step => {
      const at = await situation('no key at all, canary-91c7');
      const ended = step === 'submit-evidence' ? await at.evidence() : await withEvidence(at);
      expect(ended.exitCode).toBe(2);
      expect(ended.output).toMatch(
        /Signing key cannot be used: AFTERSYNC_SIGNING_KEY_FILE=.*openssl genpkey -algorithm ed25519/,
      );
      expect(ended.output).not.toContain('canary-91c7');
      expect(await at.record()).toBeNull();
    },
  );
});

async function withEvidence(at: Awaited<ReturnType<typeof situation>>) {
  const flag = at.publicKey.replace('--public-key=', '').replace('key.pub', 'evidence.json');
  const receipts = { schemaVersion: 'aftersync.evidence-receipts/v1', deploymentId: ID, dryRun: false, receipts: [] };
  await writeFile(flag, JSON.stringify(receipts));
  return at.release();
}
