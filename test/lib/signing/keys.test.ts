import { generateKeyPairSync } from 'node:crypto';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../lib/runtime/failure.ts';
import { keyIdOf, parsePrivateKey, parsePublicKey, publicKeyOf } from '../../../lib/signing/keys.ts';
import { readSigningKey } from '../../../lib/signing/signing-key.ts';
import { workspace } from '../../support/run-step.ts';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const spki = { type: 'spki', format: 'pem' } as const;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ours = privateKey.export(pem).toString();
const badInput = expect.objectContaining({ exitCode: ExitCode.input });

describe('the signing key', () => {
  const read = (path: string) => readSigningKey({ AFTERSYNC_SIGNING_KEY_FILE: path });

  it('is read from the file that AFTERSYNC_SIGNING_KEY_FILE names', async () => {
    const { path } = await workspace({ 'key.pem': ours });
    expect(read(path('key.pem'))?.equals(privateKey)).toBe(true);
  });

  it.each([[{}], [{ AFTERSYNC_SIGNING_KEY_FILE: '' }]])('is none where nothing names one: %j', env => {
    expect(readSigningKey(env)).toBeNull();
  });

  it('is none where the optional Secret is missing: its directory is empty', async () => {
    const { path } = await workspace({ '..data': '' });
    expect(read(path('key.pem'))).toBeNull();
  });

  it('is refused where the Secret holds it under another name, because nothing would be signed without a word', async () => {
    const { path } = await workspace({ 'tls.key': ours });
    expect(() => read(path('key.pem'))).toThrow(badInput);
  });

  it('is refused where the directory is missing: nothing is mounted there', async () => {
    const { path } = await workspace();
    expect(() => read(path('no/key.pem'))).toThrow(badInput);
  });

  it.each([
    ['garbage', 'not a key'],
    ['a public key', publicKey.export(spki).toString()],
    ['a key of another kind', rsa.privateKey.export(pem).toString()],
  ])('is refused where it is %s, and never shown', async (_, content) => {
    const { path } = await workspace({ 'key.pem': content });
    expect(() => read(path('key.pem'))).toThrow(/^Signing key cannot be used: AFTERSYNC_SIGNING_KEY_FILE=.*ed25519$/);
    expect(() => parsePrivateKey(content, 'x')).toThrow(badInput);
  });
});

describe('a public key', () => {
  it('is taken as openssl writes it, and its id is what openssl and sha256sum say', async () => {
    const { path } = await workspace({ 'key.pem': ours });
    await execa('openssl', ['pkey', '-in', path('key.pem'), '-pubout', '-out', path('key.pub')]);
    const { stdout } = await execa('openssl', ['pkey', '-in', path('key.pem'), '-pubout']);
    expect(parsePublicKey(stdout, 'x').equals(publicKeyOf(privateKey))).toBe(true);
    const der = await execa('sh', ['-c', 'openssl pkey -pubin -in "$0" -outform DER | sha256sum', path('key.pub')]);
    expect(der.stdout).toContain(keyIdOf(publicKey));
  });

  it.each([
    ['garbage', 'not a key'],
    ['a private key', ours],
    ['a key of another kind', rsa.publicKey.export(spki).toString()],
  ])('is refused where it is %s', (_, content) => {
    expect(() => parsePublicKey(content, '--public-key=x')).toThrow(/^Public key cannot be used: --public-key=x/);
    expect(() => parsePublicKey(content, 'x')).toThrow(badInput);
  });
});
