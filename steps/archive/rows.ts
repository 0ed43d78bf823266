import * as z from 'zod';
import { RecordState } from '../../lib/contracts/deployment-record-summary.ts';
import { OperationId, Timestamp } from '../../lib/contracts/primitives.ts';

/** A record of the cluster as its listing shows it. */
export interface RecordRow {
  id: string;
  /** <instance>/<uid> of its application. */
  application: string;
  /** When the operation started, RFC 3339. */
  startedAt: string;
  /** When the record was created, or a delivery of it last changed, whatever was later. RFC 3339. */
  touchedAt: string;
  createdAt: string;
  /** null: written by a version that did not count it. */
  state: RecordState | null;
}

const INSTANCE = 'aftersync.dev/instance';
const APPLICATION_UID = 'aftersync.dev/application-uid';

const Metadata = z.object({
  metadata: z.object({
    name: OperationId,
    creationTimestamp: Timestamp,
    labels: z.object({ [INSTANCE]: z.string(), [APPLICATION_UID]: z.string() }),
  }),
});
/** The columns of the resource definition (deploy/crds), by their names. */
const Cells = z.object({
  Name: OperationId,
  Started: Timestamp,
  State: RecordState.nullish().catch(null),
  Changed: Timestamp.nullish().catch(null),
});

/** Joins two listings of the same records. What only one of them has came or went meanwhile, or is no record of ours. */
export function toRows(metadata: readonly unknown[], table: readonly unknown[]): RecordRow[] {
  const cells = new Map(
    table.flatMap(row => {
      const read = Cells.safeParse(row);
      return read.success ? [[read.data.Name, read.data] as const] : [];
    }),
  );
  return metadata.flatMap(object => {
    const read = Metadata.safeParse(object);
    if (!read.success) return [];
    const { name: id, creationTimestamp: createdAt, labels } = read.data.metadata;
    const shown = cells.get(id);
    if (shown === undefined) return [];
    const times = [shown.Started, createdAt, shown.Changed ?? createdAt];
    return [
      {
        id,
        application: `${labels[INSTANCE]}/${labels[APPLICATION_UID]}`,
        startedAt: shown.Started,
        createdAt,
        touchedAt: times.reduce((latest, time) => (Date.parse(time) > Date.parse(latest) ? time : latest)),
        state: shown.State ?? null,
      },
    ];
  });
}
