import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { openDirectoryLedger } from '../../lib/ledger/directory.ts';
import { main as records } from '../../records/cli.ts';
import { main as explain } from '../../records/explain/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { main as report } from '../../steps/report/cli.ts';
import { main as submitEvidence } from '../../steps/submit-evidence/cli.ts';
import { main as submitRelease } from '../../steps/submit-release/cli.ts';
import { deploymentOf } from '../support/deployment.ts';
import {
  aDeployment,
  anArtifact,
  anIncomplete,
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
beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

const WHY = 'neither the Application nor an Event of it knows this sync';
const unconfirmed = (over: Partial<Deployment> = {}): Deployment => ({
  ...aDeployment({ production: true, ...over }),
  operation: { ...deploymentOf(ID).operation, knownFrom: 'event', unconfirmedBecause: WHY },
});
const WINDOW = {
  apiVersion: 'changemgmt.example.com/v1',
  kind: 'ChangeWindow',
  metadata: { name: 'chg', namespace: 'argocd' },
  spec: { snowId: 'CHG0030001', startTime: '2026-11-20T09:00:00Z', endTime: '2026-11-20T13:00:00Z' },
};
const THIRD_PARTY = anArtifact('proxy', { outcome: 'third-party' });

async function place(artifacts = [anArtifact('api'), anIncomplete('web')], deployment = unconfirmed()) {
  const here = await workspace({
    'deployment.json': deployment,
    'artifacts.json': artifactSetOf(artifacts),
    'config.yaml': configOf({ budgetSeconds: 3, timeoutSeconds: 1, leaseSeconds: 2 }),
    'window.json': WINDOW,
  });
  const ledger = `--ledger=${here.path('records')}`;
  const common = [`--deployment=${here.path('deployment.json')}`, `--config=${here.path('config.yaml')}`, ledger];
  const evidence = async (...flags: string[]) => {
    const argv = [...common, `--artifacts=${here.path('artifacts.json')}`, `--out=${here.path('evidence.json')}`];
    const ended = await runStep(submitEvidence, [...argv, ...flags]);
    const { receipts } = EvidenceReceipts.parse(await here.json('evidence.json'));
    return {
      ...ended,
      outcomes: receipts.map(({ outcome }) => outcome),
      details: receipts.map(({ detail }) => detail),
    };
  };
  const release = async (...flags: string[]) => {
    const inputs = [`--evidence=${here.path('evidence.json')}`, `--change-window=${here.path('window.json')}`];
    const ended = await runStep(submitRelease, [...common, ...inputs, `--out=${here.path('release.json')}`, ...flags]);
    return { ...ended, outcome: ReleaseReceipt.parse(await here.json('release.json')).outcome };
  };
  const accept = (...flags: string[]) => runStep(records, ['accept', ID, ledger, ...flags]);
  const record = () => openDirectoryLedger(here.path('records')).read(ID);
  return { ...here, ledger, evidence, release, accept, record };
}

function store() {
  const jet = jetStandIn();
  network.use(tokenStandIn());
  network.use(jet);
  return jet.state;
}

describe('a sync that nothing of Argo CD confirms', () => {
  it('is held, and nothing is sent: no evidence, no release event', async () => {
    const here = await place();
    const { exitCode, output, outcomes, details } = await here.evidence();
    expect(output).toMatch(
      /submit-evidence: Evidence is held back: 2 of 2; not confirmed by Argo CD: neither .*; accept it with aftersync records accept 3f1c9a0b7d2e4f68 --reason REASON, then retry/,
    );
    expect([exitCode, outcomes]).toEqual([1, ['quarantined', 'quarantined']]);
    expect(details[1]).toMatch(/^not confirmed by Argo CD: .* It also lacks metadata: set the property jetId/);
    expect((await here.release()).exitCode).toBe(1);
    expect((await here.record())?.deliveries.every(({ body }) => body === null)).toBe(true);
    expect((await runStep(records, ['list', '--incomplete', here.ledger])).output).toMatch(/ held /);
    expect((await runStep(records, ['show', ID, here.ledger])).output).toMatch(
      /^Confirmed: +not by Argo CD: neither the Application/m,
    );
    expect((await runStep(explain, [ID, here.ledger])).output).toMatch(
      /held back and nothing was sent \(not confirmed/,
    );
    await runStep(report, ['--record', ID, here.ledger, '--out', here.path('report.html')]);
    expect(await readFile(here.path('report.html'), 'utf8')).toContain('held back, not confirmed by Argo CD');
  });

  it('sends no release event either where no evidence is owed', async () => {
    const here = await place([THIRD_PARTY]);
    expect((await here.evidence()).exitCode).toBe(0);
    const { exitCode, outcome, output } = await here.release();
    expect([exitCode, outcome]).toEqual([1, 'unconfirmed']);
    expect(output).toMatch(/Release event is held back: not confirmed by Argo CD/);
    expect((await here.evidence('--dry-run')).exitCode).toBe(0);
    expect(await here.release('--dry-run')).toMatchObject({ exitCode: 1, outcome: 'unconfirmed' });
  });

  it('is rehearsed as held', async () => {
    const here = await place();
    expect(await here.evidence('--dry-run')).toMatchObject({ exitCode: 1, outcomes: ['quarantined', 'quarantined'] });
  });

  it('is not sent where an older version had planned it already', async () => {
    const here = await place([anArtifact('api')], aDeployment({ production: true }));
    vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
    const jet = jetStandIn({}, { mishaps: [{ path: 'publish', times: 9, status: 503 }] });
    network.use(tokenStandIn());
    network.use(jet);
    expect((await here.evidence()).exitCode).toBe(75);
    const asked = jet.received.length;
    await writeFile(here.path('deployment.json'), JSON.stringify(unconfirmed()));
    expect((await here.evidence()).exitCode).toBe(1);
    expect(jet.received).toHaveLength(asked);
  });
});

describe('records accept', () => {
  it('lets it be sent by the next run, and stays in the record with name, reason and time', async () => {
    const here = await place();
    await here.evidence();
    const accepted = await here.accept('--by=sam', '--reason=Seen in the audit log, INC1');
    expect(accepted.output).toMatch(new RegExp(`^accepted ${ID} at .*Z by sam: retry its Workflow, or wait`));
    expect(accepted.exitCode).toBe(0);
    const [kept] = (await here.record())?.acceptances ?? [];
    expect(kept).toMatchObject({ by: 'sam', identity: null, reason: 'Seen in the audit log, INC1' });
    expect((await runStep(records, ['list', here.ledger])).output).toMatch(/ owed /);
    expect((await runStep(records, ['show', ID, here.ledger])).output).toMatch(
      /^Accepted: +by sam at .*Z: Seen in the audit log, INC1$/m,
    );

    const { deployments, releases } = store();
    await writeFile(here.path('artifacts.json'), JSON.stringify(artifactSetOf([anArtifact('api'), anArtifact('web')])));
    expect(await here.evidence()).toMatchObject({ exitCode: 0, outcomes: ['accepted', 'accepted'] });
    expect(await here.release()).toMatchObject({ exitCode: 0, outcome: 'accepted' });
    expect([deployments.length, releases.length]).toEqual([2, 1]);
    expect((await runStep(verify, [ID, here.ledger])).exitCode).toBe(0);
    expect((await runStep(records, ['list', here.ledger])).output).toMatch(/ complete /);
  });

  it('holds what lacks metadata all the same', async () => {
    const here = await place([anIncomplete('web')]);
    await here.evidence();
    await here.accept('--by=sam', '--reason=seen');
    const { exitCode, details } = await here.evidence();
    expect([exitCode, details]).toEqual([1, ['set the property jetId on shop/web/1.0.0']]);
    expect((await runStep(records, ['list', here.ledger])).output).toMatch(/ held /);
  });

  it.each([
    ['without a name', ['--reason=seen'], /Who accepts it: --by/],
    ['without a reason', ['--by=sam', '--reason= '], /No reason: --reason/],
  ])('refuses %s', async (_, flags, message) => {
    const here = await place();
    await here.evidence();
    const { exitCode, output } = await here.accept(...flags);
    expect([exitCode, output]).toEqual([2, expect.stringMatching(message)]);
    expect((await here.record())?.acceptances).toBeUndefined();
  });

  it('refuses what Argo CD confirms, what is accepted, and what is not there', async () => {
    const confirmed = await place([THIRD_PARTY], aDeployment());
    await confirmed.evidence();
    const flags = ['--by=sam', '--reason=seen'];
    expect(await confirmed.accept(...flags)).toMatchObject({ exitCode: 2, output: expect.stringMatching(/confirms/) });
    const here = await place();
    expect(await here.accept(...flags)).toMatchObject({ exitCode: 2, output: expect.stringMatching(/No such record/) });
    await here.evidence();
    await here.accept(...flags);
    expect(await here.accept(...flags)).toMatchObject({
      exitCode: 2,
      output: expect.stringMatching(/sam accepted it/),
    });
  });
});
