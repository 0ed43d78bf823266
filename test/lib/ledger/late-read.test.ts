import { beforeEach, describe, expect, test } from 'vitest';
import { createDeploymentRecordParts } from '../../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../../lib/clients/deployment-records.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { append, readFrom } from '../../../lib/ledger/journal.ts';
import { createKubernetesLedger } from '../../../lib/ledger/kubernetes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import { createDeploymentRecordsStandIn } from '../../../local/standins/deployment-records.ts';
import { kubeconfigFor } from '../../../local/standins/kubernetes.ts';
import { claimOf, ID, MANY, openingOf, planOf, resultOf, subjectOf } from '../../support/chained-record.ts';
import { remotes } from '../../support/remotes.ts';
import { workspace } from '../../support/run-step.ts';

const { use } = remotes();

/** Reads whose answers arrive when it is told so. */
function lateness() {
  let held: Promise<void> | null = null;
  let arrive = () => {};
  let answer = () => {};
  return {
    /** @returns when the first of them has its answer, which has not arrived */
    hold(): Promise<void> {
      held = new Promise(resolve => {
        arrive = resolve;
      });
      return new Promise(resolve => {
        answer = resolve;
      });
    },
    release() {
      held = null;
      arrive();
    },
    late:
      <A extends unknown[], T>(read: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        const until = held;
        const answered = await read(...args);
        answer();
        if (until !== null) await until;
        return answered;
      },
  };
}

type Opened = { ledger: Ledger } & Pick<ReturnType<typeof lateness>, 'hold' | 'release'>;

async function inDirectory(): Promise<Opened> {
  const { late, ...rest } = lateness();
  const { directory } = await workspace();
  return { ledger: openDirectoryLedger(directory, { append, readFrom: late(readFrom) }), ...rest };
}

async function inCluster(isInParts: boolean): Promise<Opened> {
  const { late, ...rest } = lateness();
  use(createDeploymentRecordsStandIn());
  const [records, parts] = [createDeploymentRecords('argocd'), createDeploymentRecordParts('argocd')];
  const ledger = isInParts
    ? createKubernetesLedger(records, { ...parts, read: late(parts.read) })
    : createKubernetesLedger({ ...records, read: late(records.read) }, parts);
  return { ledger, ...rest };
}

describe.each([
  ['a directory', inDirectory],
  ['the cluster', inCluster],
])('a read of %s that is answered late', (_, open) => {
  beforeEach(async () => {
    process.env.KUBECONFIG = (await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') })).path(
      'kubeconfig',
    );
  });

  test.each([
    ['a record', ['api', 'web']],
    ['a record in parts', MANY],
  ])('does not undo what this process has written since: %s', async (_size, names) => {
    const { ledger, hold, release } = await open(names === MANY);
    const subject = subjectOf(names[0] ?? '');
    const stateIn = (record: Awaited<ReturnType<Ledger['read']>>) =>
      record?.deliveries.find(delivery => delivery.subject === subject)?.state;
    await ledger.apply(ID, [openingOf('run-1'), planOf(...names), claimOf(subject)]);
    const answered = hold();
    const looking = ledger.read(ID);
    await answered;
    const written = await ledger.apply(ID, [resultOf(subject, 'accepted')]);
    release();
    expect([written, await looking, await ledger.apply(ID, []), await ledger.read(ID)].map(stateIn)).toEqual(
      Array(4).fill('accepted'),
    );
  });
});
