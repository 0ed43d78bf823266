import { closeSync, fdatasync, fstatSync, fsync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { badInput, Failure, refused, transient } from '../runtime/failure.ts';
import { describeIssues } from '../runtime/parse.ts';
import { Change } from './change.ts';

const NEWLINE = 0x0a;
const Entry = z.strictObject({ schemaVersion: z.literal('aftersync.journal/v1'), changes: z.array(Change) });

/** How far a journal has been read. */
export interface Position {
  /** In bytes. */
  offset: number;
  line: number;
}
export const START: Position = { offset: 0, line: 1 };

/** Only these wait for the disk. The other calls are answered from memory: as promises each would cost a turn of the thread pool. */
const waitForDisk = { data: promisify(fdatasync), name: promisify(fsync) };

/** Appends one entry in one write and reads what has been added since the position, by this and by every other run. */
export async function append(path: string, changes: readonly Change[], from: Position) {
  const entry = JSON.stringify({ schemaVersion: 'aftersync.journal/v1', changes });
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
export async function readFrom(path: string, from: Position) {
  try {
    return await withFile(path, 'r', async file => readEntries(path, file, from));
  } catch (error) {
    if (error instanceof MissingJournal) return null;
    throw error;
  }
}

/** @param own an entry that this process wrote: where nothing else was added, it need not be checked again */
function readEntries(path: string, file: number, from: Position, own?: Buffer) {
  const { size } = fstatSync(file);
  if (size < from.offset)
    throw refused('Ledger was changed by hand', `${path} is shorter than before`, 'restore the file');
  const bytes = Buffer.alloc(size - from.offset);
  readSync(file, bytes, 0, bytes.length, from.offset);
  if (own !== undefined && bytes.equals(own)) {
    const { changes }: z.infer<typeof Entry> = JSON.parse(own.toString('utf8'));
    return { changes, position: { offset: size, line: from.line + 2 } };
  }
  // What follows the last newline is still being written, or was never finished.
  const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
  const texts = bytes.toString('utf8').split('\n');
  const lines = texts.slice(0, -1);
  const changes = lines.flatMap((text, index) => parseLine(path, from.line + index, text, texts[index + 1] ?? ''));
  return { changes, position: { offset: from.offset + whole.length, line: from.line + lines.length } };
}

/**
 * A line that a run was killed or the disk filled up in has no newline of its own: the next entry follows without the empty
 * line that is between whole entries. Nobody was told that it was written, so it is passed over.
 */
function parseLine(path: string, line: number, text: string, next: string): Change[] {
  if (text === '') return [];
  const torn = next !== '';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (torn) return [];
    throw corrupt(`${path}:${line}: not JSON`);
  }
  const entry = Entry.safeParse(value);
  if (!entry.success) throw corrupt(`${path}:${line}: ${describeIssues(entry.error)}`);
  return entry.data.changes;
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
