import type { RecordRow } from './rows.ts';

/** The old records of one application, the newest first: the first of them stays in any case. */
export interface OldRecords {
  application: string;
  newest: RecordRow;
  /** All that are older. Whether the next comparison needs one of them is seen by reading it. */
  older: RecordRow[];
}

/**
 * Groups the records whose operation started before a time. Of each application the newest of them stays: the chain goes on
 * from it, and a sync that is recorded late is compared with it although newer ones are there already.
 * @param before RFC 3339
 */
export function chooseOld(rows: readonly RecordRow[], before: string): OldRecords[] {
  const limit = Date.parse(before);
  const applications = new Map<string, RecordRow[]>();
  for (const row of rows)
    if (Date.parse(row.startedAt) < limit)
      applications.set(row.application, [...(applications.get(row.application) ?? []), row]);
  return [...applications].flatMap(([application, old]) => {
    const [newest, ...older] = old.sort(byStart);
    return newest === undefined ? [] : [{ application, newest, older }];
  });
}

/** May be taken away as far as its listing tells. One that was not counted is read before that is decided. */
export const mayLeave = ({ state, touchedAt }: RecordRow, before: string): boolean =>
  (state === 'complete' || state === null) && Date.parse(touchedAt) < Date.parse(before);

const byStart = (a: RecordRow, b: RecordRow): number =>
  Date.parse(b.startedAt) - Date.parse(a.startedAt) || a.id.localeCompare(b.id);
