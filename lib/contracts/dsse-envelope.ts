import * as z from 'zod';

const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'not base64');

/** DSSE v1.0.2, envelope.md: what is signed, and who signed it. */
export const DsseEnvelope = z
  .strictObject({
    payloadType: z.literal('application/vnd.in-toto+json').describe('What the payload is: an in-toto Statement.'),
    payload: base64.describe('Base64 of the DeploymentStatement.'),
    signatures: z
      .array(
        z.strictObject({
          keyid: z.string().describe('SHA-256 of the public key (DER, SubjectPublicKeyInfo), in hexadecimal.'),
          sig: base64.describe('Base64 of the Ed25519 signature of the pre-authentication encoding.'),
        }),
      )
      .min(1),
  })
  .describe('A signed statement about the head of the record, as DSSE envelope.');
export type DsseEnvelope = z.infer<typeof DsseEnvelope>;
