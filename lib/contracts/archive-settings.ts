import * as z from 'zod';
import { HttpUrl } from './primitives.ts';

/** A record is at least this old before it leaves the cluster: reconcile counts on the younger ones being there. */
const MIN_DAYS = 2;

export const ArchiveSettings = z
  .strictObject({
    afterDays: z
      .number()
      .int()
      .min(MIN_DAYS)
      .max(3650)
      .default(30)
      .describe('Age at which a completed record moves to the archive, in days since it last changed.'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'not the name of a bucket')
      .describe('Bucket that the records are kept in. It must exist.'),
    prefix: z
      .string()
      .regex(/^[A-Za-z0-9._=-]+(\/[A-Za-z0-9._=-]+)*$/, 'not a prefix: letters, digits and . _ = - between slashes')
      .default('aftersync')
      .describe('What the keys of all objects begin with, without a slash at the end.'),
    region: z.string().min(1).default('us-east-1').describe('Region of the bucket; requests are signed for it.'),
    endpoint: HttpUrl.optional().describe('URL of an S3 service other than that of AWS.'),
    pathStyle: z
      .boolean()
      .default(false)
      .describe('Name the bucket in the path instead of the host, as most services other than that of AWS want it.'),
    credentials: z
      .enum(['secret', 'aws'])
      .default('secret')
      .describe(
        'secret: AFTERSYNC_ARCHIVE_ACCESS_KEY_ID and AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY, or files named by …_FILE. aws: those that AWS gives the pod, such as IRSA or EKS Pod Identity.',
      ),
    encryption: z
      .strictObject({
        algorithm: z.enum(['AES256', 'aws:kms']).describe('Server-side encryption that each object is stored with.'),
        kmsKeyId: z.string().min(1).optional().describe('Key of aws:kms; without it the default key of the bucket.'),
      })
      .optional()
      .describe('Without it, what the bucket does by default.'),
    objectLock: z
      .strictObject({
        mode: z
          .enum(['GOVERNANCE', 'COMPLIANCE'])
          .describe('GOVERNANCE: some may still delete it. COMPLIANCE: nobody.'),
        days: z.number().int().min(1).max(36_500).describe('How long each object cannot be deleted or overwritten.'),
      })
      .optional()
      .describe('For a bucket made with object lock. Without it, what the bucket does by default.'),
    storageClass: z.string().min(1).optional().describe('Storage class of the objects, such as STANDARD_IA.'),
    timeoutSeconds: z.number().positive().max(3600).default(20).describe('Time for one request, in seconds.'),
    concurrency: z.number().int().min(1).max(32).default(8).describe('Records at a time.'),
    perRun: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(5000)
      .describe('Records that one run takes from the cluster at most; the next run goes on.'),
  })
  .describe('Where old records are moved to. Without it they stay in the cluster.');
export type ArchiveSettings = z.infer<typeof ArchiveSettings>;

export const RetentionSettings = z
  .strictObject({
    days: z
      .number()
      .int()
      .min(MIN_DAYS)
      .max(36_500)
      .describe('Age at which a completed record is deleted for good, in days since it last changed.'),
  })
  .describe('For those who want no archive. Without it nothing is ever deleted; with an archive it is refused.');
export type RetentionSettings = z.infer<typeof RetentionSettings>;
