import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import writeFileAtomic from 'write-file-atomic';
import type * as z from 'zod';
import { checkEncoding, decodeUtf8, withoutMark } from './encoding.ts';
import { badInput, Failure } from './failure.ts';
import { parseAs, parseJson } from './parse.ts';

/** No input of a step is larger; a file that is has been mixed up. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file that a flag names: UTF-8, with or without a byte order mark.
 * @param flag as typed, such as --deployment
 * @throws Failure 2 where it is missing, no file, too large, or in another encoding
 */
export async function readInput(path: string, flag: string, remedy?: string): Promise<string> {
  try {
    await checkSize(path, flag);
    return decodeUtf8(await readFile(path), `${flag}=${path}`);
  } catch (error) {
    throw unreadable(error, path, flag, remedy);
  }
}

/** What is decoded of it stays among the young objects, which are collected at little cost. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a file that a flag names, some lines at a time, for texts that are too long to be held. Line by line it would wait for
 * each.
 * @throws Failure 2
 */
export async function* readInputLines(path: string, flag: string): AsyncGenerator<string[], void> {
  let rest = '';
  let isStart = true;
  try {
    await checkSize(path, flag);
    const file = await open(path);
    try {
      const decoder = new StringDecoder('utf8');
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let read = await file.read(buffer); read.bytesRead > 0; read = await file.read(buffer)) {
        const bytes = buffer.subarray(0, read.bytesRead);
        if (isStart) checkEncoding(bytes, `${flag}=${path}`);
        const text = decoder.write(bytes);
        const lines = `${rest}${isStart ? withoutMark(text) : text}`.split('\n');
        isStart = false;
        rest = lines.pop() ?? '';
        yield lines;
      }
      rest += decoder.end();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(error, path, flag);
  }
  if (rest !== '') yield [rest];
}

async function checkSize(path: string, flag: string): Promise<void> {
  const { size } = await stat(path);
  if (size > MAX_BYTES)
    throw badInput('File is too large', `${flag}=${path}, ${size} bytes`, `at most ${MAX_BYTES} bytes are read`);
}

function unreadable(error: unknown, path: string, flag: string, remedy = 'name a readable file'): Failure {
  if (error instanceof Failure) return error;
  const { code } = error as NodeJS.ErrnoException;
  return badInput('File cannot be read', `${flag}=${path}`, `${code}: ${remedy}`);
}

const LEFT_NOTHING = 'where the step before left nothing, mend that one first';

/** Reads an artifact of an earlier step and holds it against its contract. @throws Failure 2 */
export async function readArtifact<T extends z.ZodType>(schema: T, path: string, flag: string): Promise<z.output<T>> {
  const on = `${flag}=${path}`;
  const value = parseJson(await readInput(path, flag, LEFT_NOTHING), on, 'name the file that the earlier step wrote');
  return parseAs(schema, value, on, 'name the file that the earlier step of the same version wrote');
}

/**
 * Writes an artifact whole or not at all, after holding it against its own contract.
 * @throws ZodError where the program is wrong; Failure 2 where the file cannot be written
 */
export async function writeArtifact<T extends z.ZodType>(schema: T, path: string, value: z.input<T>): Promise<void> {
  await writeOutput(path, `${JSON.stringify(schema.parse(value), null, 2)}\n`);
}

/** Writes a file whole or not at all, with the directories it needs. @throws Failure 2 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, text);
  } catch (error) {
    throw badInput(
      'File cannot be written',
      `--out=${path}`,
      `${(error as NodeJS.ErrnoException).code}: name a writable place`,
    );
  }
}
