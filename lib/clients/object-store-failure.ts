import { badInput, Failure, refused, transient } from '../runtime/failure.ts';
import { tlsFailureOf } from './tls-failure.ts';

/** Asks the service. @throws Failure, never the error of the library: that holds the request */
export async function asked<T>(on: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw toFailure(error, on);
  }
}

function toFailure(error: unknown, on: string): Failure {
  if (error instanceof Failure) return error;
  const { name, message, status, code } = partsOf(error);
  const what = `${on} (${[status, code, name].filter(part => part !== undefined).join(' ')})`;
  if (name === 'CredentialsProviderError')
    return badInput('Archive has no credentials', on, 'give the pod a role, or set archive.credentials to secret');
  if (name === 'NoSuchBucket') return badInput('No such bucket', what, 'make it, or correct archive.bucket');
  if (name === 'SignatureDoesNotMatch' || name === 'InvalidAccessKeyId')
    return badInput('Archive does not know these keys', what, 'correct the Secret aftersync-archive');
  if (status === 401 || status === 403)
    return badInput('Archive refused', what, 'give these credentials s3:GetObject, s3:PutObject and s3:ListBucket');
  if (status === 301 || status === 307 || name === 'PermanentRedirect')
    return badInput('Bucket is elsewhere', what, 'correct archive.region and archive.endpoint');
  const tls = tlsFailureOf(code, message);
  if (tls !== null) return badInput(`Archive ${tls.what}`, what, tls.remedy);
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429)
    return refused(
      'Archive refused',
      `${what}: ${message}`,
      'compare the archive settings with what the bucket allows',
    );
  return transient('Archive does not answer', what, 'it is tried again');
}

function partsOf(error: unknown) {
  const { name, message, code, $metadata } = error as {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return { name, message: message ?? '', code, status: $metadata?.httpStatusCode };
}

/** What the service calls its error. */
export const nameIn = (error: unknown): string | undefined => partsOf(error).name;
