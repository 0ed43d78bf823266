import { count } from '../wording.ts';

/** What is known of a record without reading it. */
export interface CountedRecord {
  /** Whatever tells one application from another. */
  application: string;
  /** RFC 3339, when the record was created. */
  createdAt: string;
}

/** How many records there are, and how fast they become more. */
export interface Growth {
  records: number;
  applications: number;
  /** Records that were created in a day, on average of the last days. */
  perDay: number;
  /** RFC 3339, null where there is none. */
  oldest: string | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS = 7;

/** @param at RFC 3339, now */
export function growthOf(records: readonly CountedRecord[], at: string): Growth {
  const now = Date.parse(at);
  const times = records.map(({ createdAt }) => Date.parse(createdAt)).sort((a, b) => a - b);
  const [first] = times;
  // Of records that have not been there for so many days, an average over all of them would say too little.
  const days = first === undefined ? 1 : Math.min(DAYS, Math.max(1, (now - first) / DAY_MS));
  const recent = times.filter(time => time >= now - days * DAY_MS).length;
  return {
    records: records.length,
    applications: new Set(records.map(({ application }) => application)).size,
    perDay: Math.round((recent / days) * 10) / 10,
    oldest: first === undefined ? null : new Date(first).toISOString(),
  };
}

/** One line for a person. */
export function describeGrowth({ records, applications, perDay, oldest }: Growth): string {
  if (oldest === null) return 'no records in the cluster';
  return `${count(records, 'record')} of ${count(applications, 'application')} in the cluster, ${perDay} a day lately, the oldest from ${oldest.slice(0, 10)}`;
}
