import { generateKeyPairSync } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../lib/contracts/record-seal.ts';
import { isSignedBy, preAuthEncoding } from '../../../lib/signing/dsse.ts';
import { keyIdOf } from '../../../lib/signing/keys.ts';
import { sealOf, statementIn } from '../../../lib/signing/seal.ts';
import { aRecord, HEAD } from '../../support/sealed-record.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').publicKey;
const envelope = sealOf(aRecord(), HEAD, privateKey);

/** sigstore-js, told that the key alone is what it trusts: no transparency log, no certificate. */
function verifyWithSigstore(dsse: Envelope, key: typeof publicKey): void {
  const root = TrustedRoot.fromJSON({});
  const trust = toTrustMaterial(root, {
    [keyIdOf(publicKey)]: {
      rawBytes: key.export({ type: 'spki', format: 'der' }),
      keyDetails: 7, // PKIX_ED25519
      validFor: { start: new Date(0) },
    },
  });
  const bundle = bundleFromJSON({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: dsse.signatures[0]?.keyid } },
    dsseEnvelope: dsse,
  });
  new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }).verify(toSignedEntity(bundle));
}

describe('a DSSE envelope', () => {
  it('signs the bytes of the golden vector of the specification', () => {
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
  });

  it('counts bytes, not characters', () => {
    expect(preAuthEncoding('é', Buffer.from('✓')).toString()).toBe('DSSEv1 2 é 3 ✓');
  });

  it('is read by the verifier of sigstore', () => {
    expect(() => verifyWithSigstore(envelope, publicKey)).not.toThrow();
    expect(() => verifyWithSigstore(envelope, stranger)).toThrow(VerificationError);
  });

  it('is of the key that signed it, and of no other', () => {
    expect(isSignedBy(envelope, publicKey)).toBe(true);
    expect(isSignedBy(envelope, stranger)).toBe(false);
  });

  it('is of no key when its payload was changed', () => {
    const said = Buffer.from(envelope.payload, 'base64').toString();
    const payload = Buffer.from(said.replace('"Succeeded"', '"Failed"')).toString('base64');
    expect(payload).not.toBe(envelope.payload);
    expect(isSignedBy({ ...envelope, payload }, publicKey)).toBe(false);
    expect(() => verifyWithSigstore({ ...envelope, payload }, publicKey)).toThrow(VerificationError);
  });

  it('is the same each time, so that sealing twice adds nothing', () => {
    expect(sealOf(aRecord(), HEAD, privateKey)).toEqual(envelope);
  });

  it('is understood without a key', () => {
    expect(statementIn(envelope)?.predicate.head).toBe(HEAD.head);
    expect(statementIn({ ...envelope, payload: 'e30=' })).toBeNull();
    expect(statementIn({ ...envelope, payload: 'AAAA' })).toBeNull();
  });
});
