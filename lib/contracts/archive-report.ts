import * as z from 'zod';
import { OperationId, Sha256, Timestamp } from './primitives.ts';

const Application = z
  .strictObject({
    instance: z.string().describe('Name of the Argo CD in the configuration.'),
    namespace: z.string().describe('Namespace of the Application.'),
    name: z.string().describe('Name of the Application.'),
  })
  .describe('The Application that was synced, and the Argo CD that did it.');

const count = () => z.number().int().nonnegative();

/** What one run of archive did, or would have done. */
export const ArchiveReport = z
  .strictObject({
    schemaVersion: z.literal('aftersync.archive-report/v1').describe('Contract and version of this document.'),
    dryRun: z.boolean().describe('Nothing was written and nothing was deleted.'),
    mode: z
      .enum(['archive', 'retention', 'none'])
      .describe('archive: records move. retention: they are deleted for good. none: they stay.'),
    before: Timestamp.nullable().describe('Records that were last changed before it are old; null for mode none.'),
    taken: z
      .array(
        z.strictObject({
          id: OperationId,
          application: Application,
          startedAt: Timestamp.describe('When the operation started.'),
          head: Sha256.nullable().describe('Head of its chain; null for one of a version that made none.'),
          key: z.string().nullable().describe('Where it is now; null where it was deleted for good, and in a dry run.'),
          sha256: Sha256.describe('Of the document.'),
          bytes: count().describe('Size of the document.'),
        }),
      )
      .describe('Records that left the cluster.'),
    stayed: z
      .strictObject({
        compared: count().describe('The next sync of their application is compared with them.'),
        incomplete: count().describe('Something of them is owed, refused or unknown.'),
        touched: count().describe('Changed or created lately, or while they were moved.'),
        left: count().describe('More than one run takes.'),
      })
      .describe('Old records that did not leave it.'),
    broken: z
      .array(
        z.strictObject({
          id: OperationId,
          path: z.string().describe('What does not hold, within the record.'),
          what: z.string().describe('Why.'),
        }),
      )
      .describe('Old records that do not hold against their own chain, or that the archive did not keep. They stay.'),
    growth: z
      .strictObject({
        records: count().describe('In the cluster before this run.'),
        applications: count().describe('That they are of.'),
        perDay: z.number().nonnegative().describe('Created in a day, on average of the last seven.'),
        oldest: z.string().nullable().describe('When the oldest was created, RFC 3339.'),
      })
      .describe('How many records there are, and how fast they become more.'),
  })
  .describe('What one run of archive did, or would have done.');
export type ArchiveReport = z.infer<typeof ArchiveReport>;
