import { createHash } from 'node:crypto';
import type { S3Client, StorageClass } from '@aws-sdk/client-s3';
import type { ArchiveSettings } from '../contracts/archive-settings.ts';
import { asked, nameIn } from './object-store-failure.ts';

/** Objects of one bucket, by key. */
export interface ObjectStore {
  /** For messages: where an object is. */
  nameOf(key: string): string;
  /** @returns null where there is no such object */
  read(key: string): Promise<string | null>;
  /** Writes it whole; the store refuses it where it arrived otherwise than it was sent. */
  write(key: string, text: string, contentType: string): Promise<void>;
  /** Keys that begin with the prefix, in their order. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>;
}

export interface S3Options extends Omit<ArchiveSettings, 'afterDays' | 'prefix' | 'concurrency' | 'perRun'> {
  /** null: those that AWS gives the pod. */
  keys: { accessKeyId: string; secretAccessKey: string } | null;
  /** Clock of the lock, in milliseconds. */
  now?: () => number;
}

const library = async () => (await import('./s3-library.ts')).library;

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_ATTEMPTS = 4;

/**
 * A bucket of an S3 service. The client library is loaded when it is first used: it is larger than all else, and nothing
 * but the archive needs it. A certificate authority of your own is trusted as everywhere: NODE_EXTRA_CA_CERTS.
 * @throws Failure 1 the service refuses the request; 2 credentials or bucket are wrong; 75 it does not answer
 */
export function createS3Store(options: S3Options): ObjectStore {
  const { bucket } = options;
  let client: Promise<S3Client> | undefined;
  const connected = () => {
    client ??= connect(options);
    return client;
  };
  const nameOf = (key: string) => `s3://${bucket}/${key}`;
  return {
    nameOf,
    async read(key) {
      const { GetObjectCommand } = await library();
      const s3 = await connected();
      return asked(nameOf(key), async () => {
        try {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
          return (await Body?.transformToString('utf-8')) ?? '';
        } catch (error) {
          if (nameIn(error) === 'NoSuchKey') return null;
          throw error;
        }
      });
    },
    async write(key, text, contentType) {
      const { PutObjectCommand } = await library();
      const s3 = await connected();
      await asked(nameOf(key), () =>
        s3.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: Buffer.from(text),
            ContentType: contentType,
            ChecksumSHA256: createHash('sha256').update(text).digest('base64'),
            ...storedWith(options),
          }),
        ),
      );
    },
    async *list(prefix) {
      const { ListObjectsV2Command } = await library();
      const s3 = await connected();
      let token: string | undefined;
      do {
        const page = await asked(nameOf(prefix), () =>
          s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token })),
        );
        for (const { Key: key, Size: bytes } of page.Contents ?? [])
          if (key !== undefined) yield { key, bytes: bytes ?? 0 };
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    },
  };
}

async function connect({ region, endpoint, pathStyle, keys, timeoutSeconds }: S3Options): Promise<S3Client> {
  const { S3Client } = await library();
  return new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint }),
    forcePathStyle: pathStyle,
    ...(keys !== null && { credentials: keys }),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      requestTimeout: timeoutSeconds * 1000,
      connectionTimeout: timeoutSeconds * 1000,
      throwOnRequestTimeout: true,
    },
    // Ours is the SHA-256 below; further checksums are not understood by every service.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function storedWith({ encryption, objectLock, storageClass, now = Date.now }: S3Options) {
  return {
    ...(encryption && { ServerSideEncryption: encryption.algorithm }),
    ...(encryption?.kmsKeyId !== undefined && { SSEKMSKeyId: encryption.kmsKeyId }),
    ...(objectLock && {
      ObjectLockMode: objectLock.mode,
      ObjectLockRetainUntilDate: new Date(now() + objectLock.days * DAY_MS),
    }),
    ...(storageClass !== undefined && { StorageClass: storageClass as StorageClass }),
  };
}
