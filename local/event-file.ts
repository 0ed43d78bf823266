import * as z from 'zod';
import { badInput, Failure } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseJson } from '../lib/runtime/parse.ts';

const Body = z.looseObject({ name: z.string(), event: z.string() });
const Envelope = z.looseObject({ schema: z.string(), name: z.string() });

/**
 * The body that the notification sends, from a file that holds it, or the event envelope as JSON or base64.
 * @throws Failure 2
 */
export async function readBody(path: string, flag: string): Promise<unknown> {
  const on = `${flag}=${path}`;
  const text = (await readInput(path, flag)).trim();
  const value = parse(text, on);
  if (Body.safeParse(value).success) return value;
  const envelope = Envelope.safeParse(value);
  if (!envelope.success)
    throw badInput(
      'Not an event',
      on,
      'give the body of the notification, or the event envelope; docs/local.md shows both',
    );
  return { name: envelope.data.name, event: Buffer.from(JSON.stringify(value)).toString('base64') };
}

function parse(text: string, on: string): unknown {
  const remedy = 'give JSON, or JSON as base64';
  try {
    return parseJson(text, on, remedy);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return parseJson(Buffer.from(text, 'base64').toString('utf8'), on, remedy);
  }
}
