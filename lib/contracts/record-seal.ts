import * as z from 'zod';
import { Timestamp } from './primitives.ts';

/** DSSE envelope: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md. */
export const Envelope = z
  .strictObject({
    payload: z.string().describe('Base64 of what is signed.'),
    payloadType: z.string().describe('Media type of what is signed.'),
    signatures: z
      .array(
        z.strictObject({
          keyid: z.string().describe('Which key signed; says nothing about whether it may be trusted.'),
          sig: z.string().describe('Base64 of the signature over the pre-authentication encoding.'),
        }),
      )
      .min(1)
      .describe('One for each key.'),
  })
  .describe('DSSE envelope.');
export type Envelope = z.infer<typeof Envelope>;

export const RecordSeal = z
  .strictObject({ at: Timestamp.describe('When it was signed, by the clock of the run.'), envelope: Envelope })
  .describe('A signature over the head that the record had.');
export type RecordSeal = z.infer<typeof RecordSeal>;
