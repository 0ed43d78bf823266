import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { badInput } from '../runtime/failure.ts';

/** @param pem PKCS#8; @param on where it came from, for the message. @throws Failure 2 */
export function parsePrivateKey(pem: string, on: string): KeyObject {
  const remedy = 'it must be an Ed25519 key in PEM (PKCS#8): openssl genpkey -algorithm ed25519';
  return parseKey(() => createPrivateKey(pem), 'Signing key cannot be used', on, remedy);
}

/** @param pem SubjectPublicKeyInfo; @param on where it came from, for the message. @throws Failure 2 */
export function parsePublicKey(pem: string, on: string): KeyObject {
  const remedy = 'it must be an Ed25519 public key in PEM: openssl pkey -in KEY.pem -pubout';
  // A private key would be taken too; it has no business on an auditor's machine.
  return parseKey(() => createPublicKey(publicOnly(pem)), 'Public key cannot be used', on, remedy);
}

/** SHA-256 of the public key as DER, in hexadecimal: `openssl pkey -pubin -in KEY.pub -outform DER | sha256sum`. */
export const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** The public half of a private key. */
export const publicKeyOf = (privateKey: KeyObject): KeyObject => createPublicKey(privateKey);

function publicOnly(pem: string): string {
  if (pem.includes('PRIVATE KEY')) throw new Error('private');
  return pem;
}

function parseKey(parse: () => KeyObject, what: string, on: string, remedy: string): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch {
    throw badInput(what, on, remedy);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw badInput(what, `${on} (${key.asymmetricKeyType})`, remedy);
  return key;
}
