import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, Row } from './figure.ts';
import { inTurn } from './statistics.ts';
import { program } from './support/bundle.ts';
import { compared } from './support/rows.ts';
import { run } from './support/run.ts';
import { scratch } from './support/scratch.ts';

const STEPS = readdirSync('steps');

/** Of all steps the one that takes longest. */
async function worst(rounds: number, what: string, ratio: number, argvOf: (step: string) => string[], bare: string[]) {
  const rows: Row[] = [];
  for (const step of STEPS) {
    const { ours, reference } = await inTurn(rounds, {
      ours: () => run([...argvOf(step), '--help']),
      reference: () => run(bare),
    });
    rows.push(compared(`${what}; of ${STEPS.length} the slowest is ${step}`, [ours, reference], { ratio }));
  }
  return rows.sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0)).slice(0, 1);
}

export const help: Figure = {
  description: '--help of each step in the bundle, beside node -e 0',
  rounds: 7,
  measure: rounds => worst(rounds, '--help of a bundled step', 1.6, step => program(step), ['-e', '0']),
};

export const helpTsx: Figure = {
  description: '--help of each step under tsx, beside tsx on an empty file',
  rounds: 5,
  measure(rounds) {
    const empty = join(scratch(), 'empty.ts');
    writeFileSync(empty, '');
    const tsx = ['--import', import.meta.resolve('tsx')];
    return worst(rounds, '--help of a step under tsx', 1.3, step => [...tsx, `steps/${step}/cli.ts`], [...tsx, empty]);
  },
};
