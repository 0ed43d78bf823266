import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';
import { leftOut } from '../images/steps/left-out.js';
import { kubeconfigFor } from '../local/standins/kubernetes.ts';
import type { Figure } from './figure.ts';
import { inTurn } from './statistics.ts';
import { compared } from './support/rows.ts';
import { NODE } from './support/run.ts';
import { scratch } from './support/scratch.ts';

const APPLICATIONS = 2000;
const ENTRIES = 10;
const Measured = z.object({ ms: z.number(), cpuMs: z.number(), mib: z.number(), count: z.number() });

/** Reading and comparing are processes of their own, as bundled: the client is loaded and has asked once before they begin. */
export const reconcile: Figure = {
  description: `reconcile over ${APPLICATIONS} Applications with ${ENTRIES} entries each, beside reading them through the same client`,
  rounds: 7,
  async measure(rounds) {
    const work = join(scratch(), 'reconcile-work.mjs');
    await build({
      ...{
        entryPoints: ['bench/support/reconcile-work.ts'],
        outfile: work,
        bundle: true,
        platform: 'node',
        format: 'esm',
      },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      ...{ plugins: [leftOut()], logLevel: 'error' },
    });
    const started = (mode: string, env = process.env) =>
      fork(work, [mode, String(APPLICATIONS), String(ENTRIES)], { execPath: NODE, execArgv: [], env });
    const server = started('serve');
    const kubeconfig = join(scratch(), 'kubeconfig-reconcile');
    writeFileSync(kubeconfig, kubeconfigFor(`http://localhost:${z.number().parse(await answerOf(server))}`));
    const measured = (mode: string, count: number) => async () => {
      const taken = Measured.parse(await answerOf(started(mode, { ...process.env, KUBECONFIG: kubeconfig })));
      if (taken.count !== count) throw new Error(`${mode} found ${taken.count}`);
      return taken;
    };
    const { ours, reading } = await inTurn(rounds, {
      ours: measured('compare', APPLICATIONS * ENTRIES),
      reading: measured('read', APPLICATIONS),
    });
    server.kill();
    const what = `reconcile, ${APPLICATIONS} Applications with ${ENTRIES} entries each`;
    return [compared(what, [ours, reading], { ratio: 1.5, mib: 250 })];
  },
};

const answerOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => child.once('message', resolve).once('exit', code => reject(new Error(`${code}`))));
