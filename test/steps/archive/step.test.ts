import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { createArchive } from '../../../lib/archive/archive.ts';
import { ArchiveReport } from '../../../lib/contracts/archive-report.ts';
import type { DeploymentRecord } from '../../../lib/contracts/deployment-record.ts';
import { applyChange } from '../../../lib/ledger/record.ts';
import { transient } from '../../../lib/runtime/failure.ts';
import { collect } from '../../../records/collection.ts';
import { verify } from '../../../records/verify/verify.ts';
import type { Policy } from '../../../steps/archive/policy.ts';
import { archiveRecords } from '../../../steps/archive/step.ts';
import { memoryStore } from '../../support/object-store.ts';
import { oldRecord, type StoredObject, toStoredObject, type Wanted } from '../../support/old-records.ts';
import { memoryCluster } from './memory-cluster.ts';

const AT = '2026-11-21T00:00:00Z';
const BEFORE = '2026-10-22T00:00:00Z';
const archiving: Policy = { mode: 'archive', before: BEFORE, perRun: 100, concurrency: 2 };
const retaining: Policy = { mode: 'retention', before: BEFORE, perRun: 100, concurrency: 2 };
const idOf = (number: number): string => number.toString(16).padStart(16, '0');

/** A record of the nth day of September, of one application where nothing else is said. */
const stored = (day: number, over: Partial<Wanted> = {}): StoredObject => {
  const startedAt = `2026-09-${String(day).padStart(2, '0')}T10:00:00Z`;
  return toStoredObject(oldRecord({ id: idOf(day), startedAt, ...over }));
};

function ready(objects: StoredObject[], { store, objects: bucket } = memoryStore()) {
  const { cluster, held } = memoryCluster(objects);
  const archive = createArchive(store, 'aftersync');
  const told: string[] = [];
  const run = (policy: Policy = archiving, dryRun = false) =>
    archiveRecords(
      { policy, dryRun, at: AT },
      { cluster, archive: policy.mode === 'archive' ? archive : null, onTaken: ({ id }) => told.push(id) },
    );
  return { run, cluster, archive, bucket, held, told };
}

describe('archive', () => {
  it('moves what is old, keeps the newest of each application, and says where it is', async () => {
    const { run, held, archive, told } = ready([
      stored(1),
      stored(2),
      stored(3),
      stored(4, { uid: 'uid-2' }),
      stored(5, { uid: 'uid-2' }),
      stored(6, { uid: 'uid-3' }),
    ]);
    const { report, failure } = await run();
    expect(failure).toBeNull();
    expect([...held.keys()]).toEqual([idOf(3), idOf(5), idOf(6)]);
    expect(told.sort()).toEqual([idOf(1), idOf(2), idOf(4)]);
    expect(ArchiveReport.parse(report)).toMatchObject({
      mode: 'archive',
      taken: [1, 2, 4].map(day => ({ id: idOf(day), key: expect.stringContaining(`/${idOf(day)}.json`) })),
      stayed: { compared: 3, incomplete: 0, touched: 0, left: 0 },
      growth: { records: 6, applications: 3 },
    });
    const { records, findings } = collect((await archive.read(idOf(1))) ?? []);
    expect(findings).toEqual([]);
    expect(
      verify({ records, findings }, { id: idOf(1), head: report.taken[0]?.head ?? '', key: null }).records,
    ).toMatchObject([{ id: idOf(1), holds: true, state: 'complete' }]);
  });

  it('run again, moves nothing more', async () => {
    const { run, held } = ready([stored(1), stored(2)]);
    await run();
    const { report } = await run();
    expect(report.taken).toEqual([]);
    expect([...held.keys()]).toEqual([idOf(2)]);
  });

  it('keeps what is young, and the newest of what is old beside it, for a sync that is recorded late', async () => {
    const young = toStoredObject(oldRecord({ id: idOf(30), startedAt: '2026-11-20T10:00:00Z' }));
    const { run, held } = ready([stored(1), stored(2), young]);
    await run();
    expect([...held.keys()]).toEqual([idOf(2), idOf(30)]);
  });

  it.each<[string, Partial<Wanted>]>([
    ['something is still owed', { state: 'planned' }],
    ['a person must mend something', { state: 'rejected' }],
  ])('keeps a record of which %s', async (_, wanted) => {
    const { run, held, bucket } = ready([stored(1, wanted), stored(2)]);
    const { report } = await run();
    expect(report.stayed).toMatchObject({ incomplete: 1 });
    expect(held.size).toBe(2);
    expect(bucket.size).toBe(0);
  });

  it('does not believe the columns: what is owed is counted from the record', async () => {
    const owed = stored(1, { state: 'planned' });
    owed.status = { ...owed.status, summary: { artifacts: 1, submitted: 0 } };
    const { run, held } = ready([owed, stored(2)]);
    expect((await run()).report.stayed).toMatchObject({ incomplete: 1 });
    expect(held.size).toBe(2);
  });

  it('keeps what was put back lately, so that a restored record can be looked at', async () => {
    const record = oldRecord({ id: idOf(1), startedAt: '2026-09-01T10:00:00Z' });
    const { run, held } = ready([toStoredObject(record, '2026-11-20T00:00:00Z'), stored(2)]);
    expect((await run()).report.stayed).toMatchObject({ touched: 1 });
    expect(held.size).toBe(2);
  });

  it('keeps a record that does not hold, and moves the others', async () => {
    const forged = stored(1);
    forged.spec = JSON.parse(JSON.stringify(forged.spec).replace('"staging"', '"production"'));
    const { run, held } = ready([forged, stored(2), stored(3)]);
    const { report, failure } = await run();
    expect([...held.keys()]).toEqual([idOf(1), idOf(3)]);
    expect(report.broken).toMatchObject([{ id: idOf(1), path: 'spec.deployment' }]);
    expect(failure?.exitCode).toBe(1);
    expect(failure?.message).toContain(`aftersync verify ${idOf(1)}`);
  });

  it('takes no more than a run may, and the next run goes on', async () => {
    const { run, held } = ready([1, 2, 3, 4].map(day => stored(day)));
    const { report } = await run({ ...archiving, perRun: 2 });
    expect(report).toMatchObject({ taken: [{ id: idOf(2) }, { id: idOf(3) }], stayed: { left: 1 } });
    await run();
    expect([...held.keys()]).toEqual([idOf(4)]);
  });

  it('in a dry run says what it would move, and touches nothing', async () => {
    const { run, held, bucket, told } = ready([stored(1), stored(2)]);
    const { report } = await run(archiving, true);
    expect(report).toMatchObject({ dryRun: true, taken: [{ id: idOf(1), key: null }] });
    expect([held.size, bucket.size, told]).toEqual([2, 0, []]);
  });
});

describe('archive, of records that older versions wrote', () => {
  const VERSIONS = 'test/fixtures/ledger/versions';
  const Written = z.looseObject({
    metadata: z.looseObject({ name: z.string() }),
    status: z.looseObject({ deliveries: z.array(z.looseObject({ state: z.string() })) }),
  });

  /** What it counted is not what is left then; such a version did not count the state. */
  const withoutOpen = ({ summary: _, ...status }: z.infer<typeof Written>['status']) => ({
    ...status,
    deliveries: status.deliveries.filter(({ state }) => state === 'accepted'),
  });

  /** A record with a chain is completed by this version's ledger, as a run would have done before it became old. */
  function delivered(object: unknown): Pick<StoredObject, 'status'> {
    let record: DeploymentRecord | null = collect([object]).records[0]?.record ?? null;
    for (const { step, subject, state } of record?.deliveries ?? []) {
      const of = { at: '2026-11-20T10:05:00.000Z', step, subject };
      const sent = { ...of, owner: 'guestbook-1/b', keyHonoured: true };
      const result = {
        state: 'accepted' as const,
        httpStatus: 201,
        responseId: null,
        detail: 'recorded',
        attempts: 1,
        repeats: 0,
      };
      if (state === 'quarantined') record = applyChange(record, { type: 'withdraw', ...of });
      else {
        record = applyChange(record, { type: 'claim', ...sent, leaseUntil: '2026-11-20T10:06:00.000Z' });
        record = applyChange(record, { type: 'result', ...sent, result });
      }
    }
    if (record === null) throw new Error('the fixture holds a record');
    const { status } = toStoredObject(record);
    return { status };
  }

  it.each(readdirSync(VERSIONS))('%s: archives them as they are, and reads them back', async version => {
    const text = readFileSync(`${VERSIONS}/${version}/deploymentrecord.yaml`, 'utf8');
    const { status, ...rest } = Written.parse(parse(text));
    const written = (
      status.receipts === undefined ? { ...rest, status: withoutOpen(status) } : { ...rest, ...delivered(parse(text)) }
    ) as StoredObject;
    const { deliveries } = written.status as unknown as Pick<DeploymentRecord, 'deliveries'>;
    const newer = toStoredObject(oldRecord({ id: idOf(30), startedAt: '2026-11-20T11:00:00Z' }));
    const { run, archive, held } = ready([written, newer]);
    const before = '2026-12-20T00:00:00Z';
    const { report } = await run({ ...archiving, before });
    expect(report).toMatchObject({ taken: [{ id: written.metadata.name }], broken: [] });
    expect([...held.keys()]).toEqual([idOf(30)]);
    const [object] = (await archive.read(written.metadata.name)) ?? [];
    expect(object).toMatchObject({ spec: written.spec, status: written.status });
    const { records, findings } = collect([object]);
    expect(findings).toEqual([]);
    expect(records).toMatchObject([{ record: { id: written.metadata.name, deliveries } }]);
  });
});

describe('archive, when something goes wrong', () => {
  it.each(['/records/', '/ids/'])('killed after it wrote %s, loses nothing; the next run does the rest', async part => {
    const down = transient('Archive does not answer', 'test', 'it is tried again');
    const kill = (key: string) => {
      if (key.includes(part)) throw down;
    };
    const { objects } = memoryStore();
    const { run, held } = ready([stored(1), stored(2)], memoryStore(objects, kill));
    const { report, failure } = await run();
    expect(failure).toBe(down);
    expect(report.taken).toEqual([]);
    expect(held.size).toBe(2);
    const again = ready([...held.values()], memoryStore(objects));
    expect((await again.run()).report.taken).toMatchObject([{ id: idOf(1) }]);
    expect([...again.held.keys()]).toEqual([idOf(2)]);
    expect(await again.archive.read(idOf(1))).not.toBeNull();
  });

  it('does not delete what was changed since it was read', async () => {
    const { store, objects } = memoryStore();
    const { cluster, held } = memoryCluster([stored(1), stored(2)], id => {
      const object = held.get(id);
      if (object !== undefined) held.set(id, { ...object, metadata: { ...object.metadata, resourceVersion: '2' } });
    });
    const clients = { cluster, archive: createArchive(store, 'aftersync'), onTaken: () => {} };
    const { report } = await archiveRecords({ policy: archiving, dryRun: false, at: AT }, clients);
    expect(report).toMatchObject({ taken: [], stayed: { touched: 1 } });
    expect(held.size).toBe(2);
    expect(objects.size).toBe(2);
  });

  it('keeps what the archive holds otherwise than it was written', async () => {
    const { objects } = memoryStore();
    const bitRot = (key: string) => void objects.set(key, (objects.get(key) ?? '').replace('guestbook', 'guestbOok'));
    const { run, held } = ready([stored(1), stored(2)], memoryStore(objects, bitRot));
    const { report, failure } = await run();
    expect(held.size).toBe(2);
    expect(report.broken).toMatchObject([{ id: idOf(1), path: 'the archive' }]);
    expect(failure?.message).toContain('Archive does not hold what was written');
  });

  it('never writes over another record of the same name', async () => {
    const earlier = ready([stored(1), stored(2)]);
    await earlier.run();
    const other = stored(1, { workloads: ['other'] });
    const { run, held } = ready([other, stored(2)], memoryStore(earlier.bucket));
    const { report } = await run();
    expect(report.broken).toMatchObject([{ id: idOf(1), what: 'it has another record under this name' }]);
    expect(held.size).toBe(2);
    expect(JSON.stringify(await earlier.archive.read(idOf(1)))).not.toContain('shop/other');
  });

  it('goes on from what it had archived of a record that went on', async () => {
    const first = oldRecord({ id: idOf(1), startedAt: '2026-09-01T10:00:00Z' });
    const { store, objects } = memoryStore();
    const archive = createArchive(store, 'aftersync');
    const { toDocument } = await import('../../../lib/archive/document.ts');
    await archive.keep(first.deployment, toDocument([toStoredObject(first)]));
    const { applyChange } = await import('../../../lib/ledger/record.ts');
    const resumed = applyChange(first, {
      type: 'open',
      at: '2026-09-02T10:00:00Z',
      deployment: first.deployment,
      run: 'run-2',
    });
    const { run, held } = ready([toStoredObject(resumed ?? first), stored(2)], memoryStore(objects));
    expect((await run()).report.taken).toMatchObject([{ id: idOf(1), head: resumed?.head }]);
    expect([...held.keys()]).toEqual([idOf(2)]);
    expect(JSON.stringify(await archive.read(idOf(1)))).toContain('run-2');
  });

  it('never deletes for good because the archive is not there', async () => {
    const { cluster, held } = memoryCluster([stored(1), stored(2)]);
    const clients = { cluster, archive: null, onTaken: () => {} };
    await expect(archiveRecords({ policy: archiving, dryRun: false, at: AT }, clients)).rejects.toThrow();
    expect(held.size).toBe(2);
  });
});

describe('retention', () => {
  it('deletes what is old for good, and tells of each', async () => {
    const { run, held, told, bucket } = ready([stored(1), stored(2)]);
    const { report } = await run(retaining);
    expect(report).toMatchObject({ mode: 'retention', taken: [{ id: idOf(1), key: null }] });
    expect([[...held.keys()], told, bucket.size]).toEqual([[idOf(2)], [idOf(1)], 0]);
  });

  it('that nobody configured deletes nothing', async () => {
    const { run, held } = ready([stored(1), stored(2)]);
    const { report } = await run({ mode: 'none' });
    expect(report).toMatchObject({ mode: 'none', before: null, taken: [], growth: { records: 2 } });
    expect(held.size).toBe(2);
  });
});
