import { type KeyObject, sign, verify } from 'node:crypto';
import type { Envelope } from '../contracts/record-seal.ts';
import { keyIdOf, publicKeyOf } from './keys.ts';

/** The bytes that are signed: DSSE v1.0.2, protocol.md. Lengths are in bytes. */
export const preAuthEncoding = (payloadType: string, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);

/** The same payload and key give the same envelope: Ed25519 has no randomness. */
export function signEnvelope(payloadType: string, payload: Buffer, key: KeyObject): Envelope {
  const sig = sign(null, preAuthEncoding(payloadType, payload), key).toString('base64');
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: keyIdOf(publicKeyOf(key)), sig }],
  };
}

/** Whether one of the signatures is by the key. Key ids are hints that nobody signed: every signature is tried. */
export function isSignedBy({ payloadType, payload, signatures }: Envelope, publicKey: KeyObject): boolean {
  const signed = preAuthEncoding(payloadType, Buffer.from(payload, 'base64'));
  return signatures.some(({ sig }) => verify(null, signed, publicKey, Buffer.from(sig, 'base64')));
}
