import type { Configuration } from '../../lib/contracts/configuration.ts';
import { describeGrowth, type Growth } from '../../lib/ledger/growth.ts';
import { doubtful, fine, type Judgement } from '../finding.ts';

/** Beyond this many, without anything that ever takes one away, etcd is worth a look: each is 4 kB and more. */
const MANY = 100_000;
const DAYS_AHEAD = 365;

/** @param configuration null where it is not known */
export function judgeRecords(growth: Growth, configuration: Configuration | null): Judgement {
  const line = describeGrowth(growth);
  const { archive, retention } = configuration ?? {};
  if (configuration === null || archive !== undefined || retention !== undefined) return fine(line);
  if (growth.records + growth.perDay * DAYS_AHEAD < MANY) return fine(`${line}; none is ever deleted`);
  return doubtful(
    `${line}; none is ever deleted, and in a year there are more than ${MANY}`,
    'configure archive or retention: docs/archive.md',
  );
}
