import { randomUUID } from 'node:crypto';
import { lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { badInput, Failure, transient } from './failure.ts';

/** The last write of each place that is not done yet. */
const pending = new Map<string, Promise<void>>();

/**
 * Writes a file whole or not at all: beside its place, to the disk, and only then under its name. Writes of one place by this
 * process are done in the order in which they were asked for. A run that is killed leaves a hidden `.<random>.part`, which nothing
 * reads. Of a link the file is written that it leads to.
 * @param on the place as a person gave it
 * @throws Failure 2 where it cannot be written, or is there and no file; 75 where the disk is full
 */
export async function writeFile(path: string, text: string, on: string = path): Promise<void> {
  const place = resolve(path);
  const written = (pending.get(place) ?? Promise.resolve()).catch(() => {}).then(() => replace(path, text, on));
  pending.set(place, written);
  try {
    await written;
  } finally {
    if (pending.get(place) === written) pending.delete(place);
  }
}

async function replace(path: string, text: string, on: string): Promise<void> {
  try {
    const place = await placeOf(path, on);
    const draft = join(dirname(place.path), `.${randomUUID()}.part`);
    try {
      await writeDraft(draft, text, place.mode);
      await rename(draft, place.path);
    } finally {
      await rm(draft, { force: true }).catch(() => {});
    }
  } catch (error) {
    throw error instanceof Failure ? error : unwritable(error, on);
  }
}

async function placeOf(path: string, on: string): Promise<{ path: string; mode: number | null }> {
  try {
    const found = await stat(path);
    // The file would take the place of a device or a pipe.
    if (!found.isFile()) throw badInput('Not a file', on, 'name a file, or a place where none is');
    return { path: await realpath(path), mode: found.mode };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (await lstat(path).catch(() => null)) throw badInput('Link to nothing', on, 'remove it, or name a file');
    return { path, mode: null };
  }
}

/** @param mode of the file that it replaces; null where there is none */
async function writeDraft(path: string, text: string, mode: number | null): Promise<void> {
  const file = await open(path, 'wx');
  try {
    if (mode !== null) await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
    const { size } = await file.stat();
    if (size !== Buffer.byteLength(text)) throw Object.assign(new Error('cut'), { code: 'ENOSPC' });
  } finally {
    await file.close();
  }
}

/** What passes without anybody changing the input: room is made, or another program ends. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

/** What an error of writing means. @param on the file, or the stream */
export function unwritable(error: unknown, on: string): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return PASSING.has(code)
    ? transient('No room to write', `${on} (${code})`, 'make room; it is tried again')
    : badInput('File cannot be written', on, `${code}: name a writable place`);
}
