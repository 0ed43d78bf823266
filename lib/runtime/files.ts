import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type * as z from 'zod';
import { checkEncoding, decodeUtf8, withoutMark } from './encoding.ts';
import { badInput, Failure } from './failure.ts';
import { parseAs, parseJson } from './parse.ts';
import { unwritable, writeFile } from './write-file.ts';

/** No input of a step is larger; a file that is has been mixed up. */
const MAX_BYTES = 256 * 1024 * 1024;
/** Longer than any object of Kubernetes in one line. */
const MAX_LINE = 4 * 1024 * 1024;
/** What is decoded of it stays among the young objects, which are collected at little cost. */
const CHUNK_BYTES = 64 * 1024;
/** How long a pipe may have no writer at first, how long its writer may say nothing, and how often it is asked. */
const PIPE = { openedMs: 2_000, silentMs: 60_000, askMs: 20 };

/**
 * Reads a file or a pipe that a flag names: UTF-8, with or without a byte order mark.
 * @param flag as typed, such as --deployment
 * @param remedy where it cannot be read
 * @throws Failure 2 where it is missing, no file, too large, or in another encoding
 */
export async function readInput(path: string, flag: string, remedy?: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(path, flag, remedy)) chunks.push(Buffer.from(chunk));
  return decodeUtf8(Buffer.concat(chunks), `${flag}=${path}`);
}

/**
 * Reads a file that a flag names, some lines at a time, for texts that are too long to be held. Line by line it would wait for
 * each.
 * @throws Failure 2
 */
export async function* readInputLines(path: string, flag: string): AsyncGenerator<string[], void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isStart = true;
  for await (const bytes of chunksOf(path, flag)) {
    if (isStart) checkEncoding(bytes, `${flag}=${path}`);
    const text = decoder.write(bytes);
    const lines = `${rest}${isStart ? withoutMark(text) : text}`.split('\n');
    isStart = false;
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE)
      throw badInput('Line is too long', `${flag}=${path}`, `at most ${MAX_LINE} letters are read`);
    yield lines;
  }
  rest += decoder.end();
  if (rest !== '') yield [rest];
}

/** Each chunk is good until the next is asked for. The size that a pipe states is no size. */
async function* chunksOf(path: string, flag: string, remedy?: string): AsyncGenerator<Buffer, void> {
  const on = `${flag}=${path}`;
  try {
    // A pipe that nobody writes to would be opened by a thread that nothing can stop.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() && !stats.isFIFO()) throw notReadable(on, stats.isDirectory() ? 'EISDIR' : 'it is a device');
      const read = stats.isFIFO() ? pipeReader(file, on) : async (into: Buffer) => (await file.read(into)).bytesRead;
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      let size = 0;
      while (Math.max(size, stats.size) <= MAX_BYTES) {
        const count = await read(buffer);
        if (count === 0) return;
        size += count;
        yield buffer.subarray(0, count);
      }
      throw badInput('File is too large', on, `at most ${MAX_BYTES} bytes are read`);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw error instanceof Failure || code === undefined ? error : notReadable(on, code, remedy);
  }
}

function pipeReader(file: FileHandle, on: string): (into: Buffer) => Promise<number> {
  let isOpened = false;
  return async into => {
    for (const asked = Date.now(); ; await new Promise(resolve => setTimeout(resolve, PIPE.askMs))) {
      const count = await file.read(into).then(
        ({ bytesRead }) => bytesRead,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EAGAIN') throw error;
          return null;
        },
      );
      isOpened ||= count !== 0;
      const waitedMs = Date.now() - asked;
      // Without a writer a pipe seems to have ended.
      if (count !== null && (isOpened || waitedMs > PIPE.openedMs)) return count;
      if (waitedMs > PIPE.silentMs) throw notReadable(on, 'nothing arrives');
    }
  };
}

const notReadable = (on: string, why: string, remedy = 'name a readable file'): Failure =>
  badInput('File cannot be read', on, `${why}: ${remedy}`);

const LEFT_NOTHING = 'where the step before left nothing, mend that one first';

/** Reads an artifact of an earlier step and holds it against its contract. @throws Failure 2 */
export async function readArtifact<T extends z.ZodType>(schema: T, path: string, flag: string): Promise<z.output<T>> {
  const on = `${flag}=${path}`;
  const value = parseJson(await readInput(path, flag, LEFT_NOTHING), on, 'name the file that the earlier step wrote');
  return parseAs(schema, value, on, 'name the file that the earlier step of the same version wrote');
}

/**
 * Writes an artifact whole or not at all, after holding it against its own contract.
 * @throws ZodError where the program is wrong; Failure 2 where the file cannot be written; 75 where the disk is full
 */
export async function writeArtifact<T extends z.ZodType>(schema: T, path: string, value: z.input<T>): Promise<void> {
  await writeOutput(path, `${JSON.stringify(schema.parse(value), null, 2)}\n`);
}

/** Writes a file whole or not at all, with the directories it needs. @throws Failure 2; 75 where the disk is full */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    throw unwritable(error, `--out=${path}`);
  }
  await writeFile(path, text, `--out=${path}`);
}
