import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/**
 * What is used of the client library. It is CommonJS: imported lazily by itself, a bundle would not find its names; so they are
 * named here, and this module is what is imported lazily.
 */
export const library = { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client };
