import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { OperationId, Timestamp } from '../contracts/primitives.ts';
import type { Application } from './ledger.ts';
import type { Recorded } from './previous.ts';

const Line = z.strictObject({ id: OperationId, startedAt: Timestamp, instance: z.string(), uid: z.string() });
type Line = z.infer<typeof Line>;
const BEGIN = '{"id":"';
const ID_LENGTH = 16;

/**
 * Which application each journal of a directory is of, `applications.jsonl`, so that a record is opened without reading all
 * others. It is a copy of what never changes: what it lacks, or was torn in it, is read from the journals and added; it may be
 * deleted at any time.
 * @param ids of the journals that are there
 * @param read what a journal says; null where it says nothing yet
 */
export async function recordedIn(
  directory: string,
  { instance, uid }: Application,
  ids: readonly string[],
  read: (id: string) => Promise<Line | null>,
): Promise<Recorded[]> {
  const path = join(directory, 'applications.jsonl');
  const whole = (await textOf(path)).split('\n').filter(text => text.startsWith(BEGIN) && text.endsWith('}'));
  const known = new Set(whole.map(text => text.slice(BEGIN.length, BEGIN.length + ID_LENGTH)));
  const added: Line[] = [];
  for (const id of ids) {
    const line = known.has(id) ? null : await read(id);
    if (line !== null) added.push(line);
  }
  // Who may only read asks the journals again.
  if (added.length > 0) await appendFile(path, `\n${added.map(toText).join('')}`).catch(() => {});
  const there = new Set(ids);
  // Of ten thousand lines few are about it: those alone are parsed.
  const mentioned = whole.filter(text => text.includes(JSON.stringify(uid))).flatMap(lineOf);
  const recorded = new Map([...mentioned, ...added].map(line => [line.id, line]));
  return [...recorded.values()].filter(line => line.uid === uid && line.instance === instance && there.has(line.id));
}

const toText = ({ id, ...rest }: Line): string => `${JSON.stringify({ id, ...rest })}\n`;

function lineOf(text: string): Line[] {
  try {
    const line = Line.safeParse(JSON.parse(text));
    return line.success ? [line.data] : [];
  } catch {
    return [];
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
