import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const KEPT = 'test/fixtures/report/pictures';
/** Where a picture that differs is put, with what differs in red. */
const SEEN = '.aftersync/pictures';

/**
 * How much of a picture looks different from the one that is kept: 0 to 1, of all pixels. Edges of letters, which every version of
 * a browser draws in its own way, do not count. Where none is kept, this one is kept: look at it before it is committed.
 */
export async function differenceFrom(name: string, picture: Buffer): Promise<number> {
  const kept = join(KEPT, `${name}.png`);
  if (!existsSync(kept)) {
    await write(kept, picture);
    throw new Error(`${kept} was not there and is now: look at it, then commit it`);
  }
  const { part, difference } = differenceBetween(await readFile(kept), picture);
  if (part > 0) {
    await write(join(SEEN, `${name}.seen.png`), picture);
    await write(join(SEEN, `${name}.difference.png`), difference());
  }
  return part;
}

/** Two pictures, compared in the same way. @returns also a picture with what differs in red */
export function differenceBetween(one: Buffer, other: Buffer): { part: number; difference: () => Buffer } {
  const [before, after] = [PNG.sync.read(one), PNG.sync.read(other)];
  const width = Math.max(before.width, after.width);
  const height = Math.max(before.height, after.height);
  const difference = new PNG({ width, height });
  const different = pixelmatch(onto(before, width, height), onto(after, width, height), difference.data, width, height);
  return { part: different / (width * height), difference: () => PNG.sync.write(difference) };
}

/** The picture on a sheet of a size; what it does not cover is transparent, and differs from everything. */
function onto(picture: PNG, width: number, height: number): Buffer {
  if (picture.width === width && picture.height === height) return picture.data;
  const sheet = new PNG({ width, height });
  PNG.bitblt(picture, sheet, 0, 0, picture.width, picture.height, 0, 0);
  return sheet.data;
}

async function write(path: string, content: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
