import { describe, expect, it } from 'vitest';
import { createS3Store, type S3Options } from '../../../lib/clients/object-store.ts';
import { ArchiveSettings } from '../../../lib/contracts/archive-settings.ts';
import { createS3StandIn, type S3State } from '../../../local/standins/s3.ts';
import type { Behaviour } from '../../../local/standins/stand-in.ts';
import { remotes } from '../../support/remotes.ts';

const network = remotes();
const SECRET = 'canary-s3-secret-77aa';
const settings = ArchiveSettings.parse({ bucket: 'records', endpoint: 'https://s3.example.com', pathStyle: true });

function opened(over: Partial<S3Options> = {}, behaviour: Behaviour = {}, state: Partial<S3State> = {}) {
  const bucket: S3State = { bucket: 'records', accessKeyId: 'AK', objects: new Map(), ...state };
  const standIn = createS3StandIn(bucket, behaviour);
  network.use(standIn);
  const keys = { accessKeyId: 'AK', secretAccessKey: SECRET };
  return { store: createS3Store({ ...settings, keys, ...over }), ...standIn, objects: bucket.objects };
}

const failureOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => new Error('nothing failed'),
    (error: unknown) => error as Error & { exitCode?: number },
  );
  return `${'exitCode' in error ? error.exitCode : '?'} ${error.message}`;
};

describe('the S3 store', () => {
  it('gives back what was written, whatever characters it has', async () => {
    const { store, received } = opened();
    const text = '{"message":"Grüße 🚀"}';
    await store.write('a b/ü.json', text, 'application/json');
    expect(await store.read('a b/ü.json')).toBe(text);
    expect(received[0]).toMatchObject({ method: 'PUT', path: '/records/a%20b/%C3%BC.json' });
    expect(received[0]?.headers['content-type']).toBe('application/json');
  });

  it('sends the checksum by which the service sees that it arrived as it was', async () => {
    const { store, received } = opened();
    await store.write('k', 'x', 'text/plain');
    expect(received[0]?.headers['x-amz-checksum-sha256']).toBe('LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=');
  });

  it('has no object that nobody wrote', async () => {
    expect(await opened().store.read('none')).toBeNull();
  });

  it('lists page after page, only what begins with the prefix', async () => {
    const objects = new Map(['p/1', 'p/2', 'p/3', 'q/1'].map(key => [key, 'text']));
    const { store } = opened({}, {}, { objects, pageSize: 2 });
    const keys = [];
    for await (const found of store.list('p/')) keys.push(found);
    expect(keys).toEqual(['p/1', 'p/2', 'p/3'].map(key => ({ key, bytes: 4 })));
  });

  it('asks for encryption, a lock and a storage class where they are configured', async () => {
    const { store, received } = opened({
      encryption: { algorithm: 'aws:kms', kmsKeyId: 'key-1' },
      objectLock: { mode: 'COMPLIANCE', days: 10 },
      storageClass: 'STANDARD_IA',
      now: () => Date.parse('2026-11-01T00:00:00Z'),
    });
    await store.write('k', 'x', 'text/plain');
    expect(received[0]?.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2026-11-11T00:00:00Z',
      'x-amz-storage-class': 'STANDARD_IA',
    });
  });

  it('asks for none of them where they are not', async () => {
    const { store, received } = opened();
    await store.write('k', 'x', 'text/plain');
    expect(Object.keys(received[0]?.headers ?? {}).filter(name => /lock|encryption|storage/.test(name))).toEqual([]);
  });

  it('asks again where the service is busy', async () => {
    const { store, received } = opened({}, { mishaps: [{ path: '/k', times: 2, status: 503 }] });
    await store.write('k', 'x', 'text/plain');
    expect(received).toHaveLength(3);
  });

  it.each<[status: number, body: string, failure: RegExp]>([
    [
      403,
      'AccessDenied',
      /^2 Archive refused: s3:\/\/records\/k \(403 AccessDenied\); give these credentials s3:GetObject/,
    ],
    [403, 'SignatureDoesNotMatch', /^2 Archive does not know these keys: .*; correct the Secret aftersync-archive/],
    [
      404,
      'NoSuchBucket',
      /^2 No such bucket: s3:\/\/records\/k \(404 NoSuchBucket\); make it, or correct archive\.bucket/,
    ],
    [301, 'PermanentRedirect', /^2 Bucket is elsewhere: .*; correct archive\.region and archive\.endpoint/],
    [400, 'InvalidRequest', /^1 Archive refused: .*InvalidRequest\): it says why; compare the archive settings/],
    [500, 'InternalError', /^75 Archive does not answer: s3:\/\/records\/k \(500 InternalError\); it is tried again/],
  ])('says what %i %s means', async (status, code, failure) => {
    const body = `<Error><Code>${code}</Code><Message>it says why</Message></Error>`;
    const { store } = opened({}, { mishaps: [{ path: '/k', times: 9, status, body, contentType: 'application/xml' }] });
    const said = await failureOf(store.read('k'));
    expect(said).toMatch(failure);
    expect(said).not.toContain(SECRET);
  });

  it('says that nobody answered', async () => {
    const { store } = opened({}, { mishaps: [{ path: '/k', times: 9, drop: 'before' }] });
    expect(await failureOf(store.read('k'))).toMatch(/^75 Archive does not answer: s3:\/\/records\/k \(/);
  });
});
