import { describe, expect, it } from 'vitest';
import { statementOf } from '../../../lib/signing/statement.ts';
import { anImage } from '../../support/evidence.ts';
import { aRecord, HEAD, RECORD_ID } from '../../support/sealed-record.ts';

describe('the statement of a record', () => {
  it('is an in-toto Statement about the artifacts whose digest is known', () => {
    const image = anImage('api');
    expect(statementOf(aRecord(), HEAD)).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'registry.example.com/shop/api', digest: { sha256: image.digest?.slice('sha256:'.length) } }],
      predicateType: 'https://aftersync.dev/deployment/v1',
      predicate: {
        record: RECORD_ID,
        sequence: 3,
        head: 'c'.repeat(64),
        application: { instance: 'default', namespace: 'argocd', name: 'guestbook' },
        environment: 'staging',
        startedAt: '2026-11-20T10:00:00Z',
        phase: 'Succeeded',
      },
    });
  });

  it('names an artifact once, however many references lead to it', () => {
    const twice = [
      anImage('api'),
      anImage('api', { reference: 'registry.example.com/shop/api:latest', tag: 'latest' }),
    ];
    expect(statementOf(aRecord(twice), HEAD).subject).toHaveLength(1);
  });

  it.each([
    ['no digest is known', [anImage('web', { digest: null, digestFrom: null })]],
    ['nothing was deployed', []],
    ['there are too many to list', Array.from({ length: 101 }, (_, n) => anImage(`many-${n}`))],
  ])('is about the record itself where %s', (_, images) => {
    expect(statementOf(aRecord(images), HEAD).subject).toEqual([
      { name: `deploymentrecord/${RECORD_ID}`, digest: { sha256: HEAD.head } },
    ]);
  });
});
