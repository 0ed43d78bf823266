import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { Figure } from './figure.ts';
import { bundle } from './support/bundle.ts';
import { mebibytes } from './table.ts';

const TARGET_MIB = 3;

export const image: Figure = {
  description: 'what our layers add to the base image, compressed as a registry keeps them',
  rounds: 1,
  async measure() {
    const directory = bundle();
    const archive = execFileSync('tar', ['-C', directory, '-c', '.'], { maxBuffer: 1 << 28 });
    const mib = gzipSync(archive).length / 2 ** 20;
    const row = { reference: 'the base image', ratio: null, target: `<= base + ${mebibytes(TARGET_MIB)}` };
    return [{ what: 'image, compressed', ours: `base + ${mebibytes(mib)}`, ...row, holds: mib <= TARGET_MIB }];
  },
};
