import { closeSync, fdatasync, fstatSync, fsync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { Sha256 } from '../contracts/primitives.ts';
import { badInput, Failure, refused, transient } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';
import { type Change, Change as Changes } from './change.ts';

const NEWLINE = 0x0a;
const Entry = z.discriminatedUnion('schemaVersion', [
  z.strictObject({ schemaVersion: z.literal('aftersync.journal/v1'), changes: z.array(Changes) }),
  z.strictObject({
    schemaVersion: z.literal('aftersync.journal/v2'),
    head: Sha256.nullable().describe('That the record had when this was written, as its writer knew it.'),
    changes: z.array(Changes),
  }),
]);

/** What an entry says of the entries before it. */
export interface Witness {
  /** A head that the record had. null: there was nothing yet. */
  head: string | null;
  line: number;
  at: string | null;
}

/** How far a journal has been read. */
export interface Position {
  /** In bytes. */
  offset: number;
  line: number;
}
export const START: Position = { offset: 0, line: 1 };

/** Only these wait for the disk. The other calls are answered from memory: as promises each would cost a turn of the thread pool. */
const waitForDisk = { data: promisify(fdatasync), name: promisify(fsync) };

/** What has been added to a journal since a position. */
export interface Added {
  changes: Change[];
  witnesses: Witness[];
  position: Position;
}

/**
 * Appends one entry in one write and reads what has been added since the position, by this and by every other run.
 * @param head that the record has at that position
 */
export async function append(
  path: string,
  { head, changes }: { head: string | null; changes: readonly Change[] },
  from: Position,
): Promise<Added> {
  const entry = JSON.stringify({ schemaVersion: 'aftersync.journal/v2', head, changes });
  return withFile(path, 'a+', async file => {
    // The first newline ends whatever a killed run left behind, the last one says that this entry is whole.
    const bytes = Buffer.from(`\n${entry}\n`);
    const written = writeSync(file, bytes);
    if (written < bytes.length)
      throw transient('Ledger cannot be written', `${path}, ${written} of ${bytes.length} bytes`, 'make room');
    await waitForDisk.data(file);
    if (from.offset === 0) await syncDirectory(path);
    return readEntries(path, file, from, bytes);
  });
}

/** Reads what has been added since the position. @returns null where there is no such journal */
export async function readFrom(path: string, from: Position): Promise<Added | null> {
  try {
    return await withFile(path, 'r', async file => readEntries(path, file, from));
  } catch (error) {
    if (error instanceof MissingJournal) return null;
    throw error;
  }
}

/** @param own an entry that this process wrote: where nothing else was added, it need not be checked again */
function readEntries(path: string, file: number, from: Position, own?: Buffer): Added {
  const { size } = fstatSync(file);
  if (size < from.offset)
    throw refused('Ledger was changed by hand', `${path} is shorter than before`, 'restore the file');
  const bytes = Buffer.alloc(size - from.offset);
  readSync(file, bytes, 0, bytes.length, from.offset);
  if (own !== undefined && bytes.equals(own)) {
    const entry: z.infer<typeof Entry> = JSON.parse(own.toString('utf8'));
    return { ...saidBy(entry, from.line + 1), position: { offset: size, line: from.line + 2 } };
  }
  // What follows the last newline is still being written, or was never finished.
  const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
  const texts = bytes.toString('utf8').split('\n');
  const lines = texts.slice(0, -1);
  const entries = lines.flatMap(
    (text, index) => parseLine(path, from.line + index, text, texts[index + 1] ?? '') ?? [],
  );
  return {
    changes: entries.flatMap(entry => entry.changes),
    witnesses: entries.flatMap(entry => entry.witnesses),
    position: { offset: from.offset + whole.length, line: from.line + lines.length },
  };
}

/** What a version wrote is applied as that version did. */
function saidBy(entry: z.infer<typeof Entry>, line: number): Omit<Added, 'position'> {
  if (entry.schemaVersion === 'aftersync.journal/v1')
    return { changes: entry.changes.map(change => ({ ...change, rules: 1 })), witnesses: [] };
  const { head, changes } = entry;
  return { changes, witnesses: [{ head, line, at: changes[0]?.at ?? null }] };
}

/**
 * A line that a run was killed or the disk filled up in has no newline of its own: the next entry follows without the empty
 * line that is between whole entries. Nobody was told that it was written, so it is passed over.
 */
function parseLine(path: string, line: number, text: string, next: string): Omit<Added, 'position'> | null {
  if (text === '') return null;
  const torn = next !== '';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (torn) return null;
    throw corrupt(`${path}:${line}: not JSON`);
  }
  const entry = Entry.safeParse(value);
  if (!entry.success) throw corrupt(`${path}:${line}: ${describeIssues(entry.error)}`);
  return saidBy(entry.data, line);
}

const corrupt = (on: string): Failure =>
  refused('Ledger is not as written', on, 'restore the file; what it holds decides what is sent');

class MissingJournal extends Error {}

async function withFile<T>(path: string, flags: 'r' | 'a+', work: (file: number) => Promise<T>): Promise<T> {
  try {
    const file = openSync(path, flags);
    try {
      return await work(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && flags === 'r') throw new MissingJournal();
    if (code === undefined) throw error;
    if (['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE'].includes(code))
      throw transient('Ledger cannot be used', `${path} (${code})`, 'make room; it is tried again');
    throw badInput('Ledger cannot be used', `${path} (${code})`, 'name a directory that this user may write');
  }
}

/** The name of a new file survives a power cut only when its directory has been written too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = openSync(dirname(path), 'r');
  try {
    await waitForDisk.name(directory);
  } finally {
    closeSync(directory);
  }
}
