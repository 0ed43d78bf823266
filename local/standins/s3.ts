import { createHash } from 'node:crypto';
import { HttpResponse, http } from 'msw';
import { type Behaviour, behaving, type Received, type StandIn } from './stand-in.ts';

export interface S3State {
  bucket: string;
  accessKeyId: string;
  /** Text by key. */
  objects: Map<string, string>;
  /** Objects that a page of a listing holds. */
  pageSize?: number;
}

/**
 * One bucket of an S3 service, named in the path. It believes a signature that names the access key, and holds the body
 * against the checksum that was sent with it. Wire format: https://docs.aws.amazon.com/AmazonS3/latest/API/ (PutObject,
 * GetObject, ListObjectsV2)
 */
export function createS3StandIn(state: S3State, behaviour: Behaviour = {}): StandIn {
  const received: Received[] = [];
  const credential = `AWS4-HMAC-SHA256 Credential=${state.accessKeyId}/`;
  const answer = behaving(behaviour, received, (request, body) => {
    const { pathname, searchParams } = new URL(request.url);
    if (!request.headers.get('authorization')?.startsWith(credential)) return failed(403, 'InvalidAccessKeyId');
    const key = decodeURIComponent(pathname.replace(new RegExp(`^.*?/${state.bucket}/?`), ''));
    if (request.method === 'PUT') return put(key, body, request.headers.get('x-amz-checksum-sha256'));
    return key === '' ? list(searchParams) : get(key);
  });
  const base = `*/${state.bucket}`;
  return {
    received,
    handlers: [http.put(`${base}/*`, answer), http.get(`${base}/*`, answer), http.get(base, answer)],
  };

  function put(key: string, body: string, checksum: string | null): Response {
    const digest = createHash('sha256').update(body).digest('base64');
    if (checksum !== null && checksum !== digest) return failed(400, 'BadDigest');
    state.objects.set(key, body);
    return new HttpResponse(null, { status: 200, headers: { ETag: `"${digest}"` } });
  }
  function get(key: string): Response {
    const text = state.objects.get(key);
    return text === undefined ? failed(404, 'NoSuchKey') : HttpResponse.text(text);
  }
  function list(query: URLSearchParams): Response {
    const from = query.get('continuation-token') ?? '';
    const keys = [...state.objects.keys()]
      .sort()
      .filter(key => key.startsWith(query.get('prefix') ?? '') && key >= from);
    const page = keys.slice(0, state.pageSize ?? 1000);
    const next = keys[page.length];
    const contents = page.map(
      key =>
        `<Contents><Key>${escaped(key)}</Key><Size>${Buffer.byteLength(state.objects.get(key) ?? '')}</Size></Contents>`,
    );
    const more = next === undefined ? '' : `<NextContinuationToken>${escaped(next)}</NextContinuationToken>`;
    return xml(
      200,
      `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
    );
  }
}

const failed = (status: number, code: string): Response =>
  xml(status, `<Error><Code>${code}</Code><Message>${code} of the stand-in</Message></Error>`);

const xml = (status: number, body: string): Response =>
  new HttpResponse(`<?xml version="1.0" encoding="UTF-8"?>${body}`, {
    status,
    headers: { 'Content-Type': 'application/xml' },
  });

const escaped = (text: string): string => text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
