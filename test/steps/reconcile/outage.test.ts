import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDirectoryAlerts } from '../../../lib/alerts/directory.ts';
import { type AlertClients, raise, resolve, tellAgain } from '../../../lib/alerts/raise.ts';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { RemoteFailure } from '../../../lib/clients/http.ts';
import type { JetAnswer, Post } from '../../../lib/clients/jet.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { summaryOf } from '../../../lib/contracts/deployment-record-summary.ts';
import { verifyChain } from '../../../lib/ledger/chain.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { Budget } from '../../../lib/runtime/budget.ts';
import type { Failure } from '../../../lib/runtime/failure.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { decide, type RecordSeen } from '../../../steps/reconcile/decide.ts';
import { submitEvidence } from '../../../steps/submit-evidence/step.ts';
import { cause } from '../../support/alerts.ts';
import { aDeployment, anArtifact, artifactSetOf, configOf, ID } from '../../support/evidence.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const START = Date.parse('2026-11-20T10:00:00Z');
const DAY_MS = 86_400_000;
const OUTAGE_MS = 7 * DAY_MS;
const RECONCILE_MS = 300_000;
/** Of a step in the pipeline: workflow-templates/submit-evidence.yaml. */
const ATTEMPTS = 4;
const MIB = 1024 * 1024;
/** Eighty is what one object holds at most; a journal is read again from its beginning in each attempt. */
const ARTIFACTS = Number(process.env.AFTERSYNC_OUTAGE_ARTIFACTS ?? 20);

const { use } = remotes();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});
const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
const now = () => new Date().toISOString();

/** What JET and what stands before it say, a kind a day. */
const DOWN: readonly (() => JetAnswer)[] = [
  () => fails(75, 503, 'no healthy upstream'),
  () => fails(75, null, 'ECONNRESET', 1),
  () => fails(1, 403, 'policy'),
  () => fails(75, 504, 'upstream timed out', 1),
  () => says(200, '<html>maintenance</html>'),
  () => says(409, `outstanding ${Math.random()}`),
  () => fails(75, null, 'ECONNREFUSED'),
];
function fails(exitCode: 1 | 75, status: number | null, text: string, unanswered = 0): never {
  const on = `POST https://jet.example.com ${status ?? ''} ${text} at ${now()}`;
  throw new RemoteFailure(exitCode, 'JET is not available', on, 'it is tried again', {
    ...{ status, text, attempts: 1, unanswered, repeats: 0 },
  });
}
const says = (status: number, text: string): JetAnswer => ({
  ...{ status, text, headers: {}, responseId: status === 201 ? 'rec-1' : null, attempts: 1, unanswered: 0, repeats: 0 },
});

function budgetOf(seconds: number): Budget {
  const end = Date.now() + seconds * 1000;
  const remainingMs = () => Math.max(0, end - Date.now());
  return {
    remainingMs,
    async wait(ms) {
      await new Promise(resolve => setImmediate(resolve));
      if (ms >= remainingMs()) return false;
      advance(ms);
      return true;
    },
  };
}

async function inDirectory(): Promise<() => Ledger> {
  const { directory } = await workspace();
  return () => openDirectoryLedger(directory);
}
async function inCluster(): Promise<() => Ledger> {
  process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path('kubeconfig');
  use(createDeploymentRecordsStandIn());
  return () => createKubernetesLedger(createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd'));
}

test.each([
  ['a directory', ARTIFACTS, inDirectory],
  ['the cluster', ARTIFACTS, inCluster],
] as const)(
  'a week without JET, by the clock of reconcile, in %s, with %i artifacts',
  { timeout: 60_000 + ARTIFACTS * 5_000 },
  async (place, count, openIn) => {
    const open = await openIn();
    const accepted = new Map<string, number>();
    const post = async ({ key }: Post): Promise<JetAnswer> => {
      const day = Math.floor((Date.now() - START) / DAY_MS);
      const down = DOWN[day];
      if (down !== undefined) return down();
      accepted.set(key, (accepted.get(key) ?? 0) + 1);
      return says(201, '{"id":"rec-1"}');
    };
    const told: string[] = [];
    const chat = { name: 'chat', resolvesUntold: false, remindAfterMs: null };
    const alerts: AlertClients = {
      store: openDirectoryAlerts((await workspace()).directory),
      receivers: [{ ...chat, tell: async ({ state }) => `${told.push(state)}` }],
      now,
    };
    const { jet: settings } = Configuration.parse(configOf());
    const artifacts = artifactSetOf(Array.from({ length: count }, (_, index) => anArtifact(`image-${index}`)));
    const deployment = aDeployment();

    /** As the pipeline runs the step, and the exit handler after it. */
    async function pipeline(run: string): Promise<void> {
      let failure: Failure | null = null;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const ledger = open();
        const input = { deployment, artifacts, settings, run, owner: `${run}/${attempt}`, at: now() };
        const jet = { publishDeployment: post, publishRelease: post };
        const connect = () => ({ jet, budget: budgetOf(settings.budgetSeconds) });
        ({ failure } = await submitEvidence(input, { ledger, connect }));
        await ledger.apply(ID, [{ type: 'seal', at: now() }]);
        if (failure?.exitCode !== 75) break;
        advance(5_000 * 2 ** attempt);
      }
      if (failure === null) await resolve(ID, 'nothing is missing', alerts);
      else await raise({ name: ID, cause: { ...cause, operation: ID, what: failure.message } }, alerts);
    }

    const operation = {
      ...{ id: ID, application: { namespace: 'argocd', name: 'guestbook', uid: 'uid-1' } },
      ...{ startedAt: now(), finishedAt: now(), succeeded: true, from: 'application' as const },
    };
    let seen: RecordSeen | null = null;
    let runs = 0;
    let largest = 0;
    let latestAt = now();
    const since = new Date(START - DAY_MS).toISOString();
    for (; Date.now() < START + OUTAGE_MS + DAY_MS; advance(RECONCILE_MS)) {
      await tellAgain(ID, alerts);
      const workflows = runs === 0 ? null : { running: false, attempts: runs, latestAt, latest: `guestbook-${runs}` };
      const decision = decide(operation, seen, workflows, { now: now(), since, graceSeconds: 0 });
      if (decision.action === 'leave') continue;
      latestAt = now();
      runs += 1;
      await pipeline(decision.workflow);
      const stored = await open().readStored(ID);
      if (stored === null) throw new Error('no record');
      const { state = 'complete', changedAt = null } = summaryOf(stored.record);
      seen = { state, runs: stored.record.runs, changedAt, acceptedAt: null, succeeded: true };
      largest = Math.max(largest, JSON.stringify(stored.record).length);
    }

    const stored = await open().readStored(ID);
    expect(stored && summaryOf(stored.record)).toMatchObject({ state: 'complete', artifacts: count, submitted: count });
    expect(stored && verifyChain(stored)).toEqual([]);
    expect(new Set(accepted.values())).toEqual(new Set([1]));
    expect(accepted.size).toBe(count);
    expect(largest).toBeLessThan(MIB);
    // It began with what a record of so many takes, and every further run has added that it was there.
    expect(largest).toBeLessThan(6_000 + count * 5_000 + runs * 600);
    expect(told).toEqual(['firing', 'resolved']);
    process.stderr.write(`${JSON.stringify({ place, artifacts: count, runs, bytes: largest, told })}\n`);
  },
);
