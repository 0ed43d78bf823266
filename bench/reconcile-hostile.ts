import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigFor } from '../local/standins/kubernetes.ts';
import type { Figure } from './figure.ts';
import { median } from './statistics.ts';
import { program } from './support/bundle.ts';
import { openHostileCluster } from './support/hostile-cluster.ts';
import { run } from './support/run.ts';
import { scratch } from './support/scratch.ts';
import { mebibytes, milliseconds } from './table.ts';

const HOSTILE = { deep: 10, levels: 9000, letters: 400, letterLength: 500_000 };
const MAX_MIB = 300;
const MAX_MS = 60_000;

/** The limit of the pod is 512 MiB, and its deadline 300 s. */
export const reconcileHostile: Figure = {
  description:
    'reconcile with 10 Applications nested 9 000 deep and 400 dead letters of 500 kB, as bundled, first run and second',
  rounds: 3,
  async measure(rounds) {
    const config = join(scratch(), 'reconcile-hostile.yaml');
    const token = '  url: https://idp.example.com\n    resource: jet';
    writeFileSync(
      config,
      `schemaVersion: aftersync.config/v1\nenvironments: {default: staging}\njet:\n  url: https://jet.example.com\n  token:\n  ${token}\nreconcile: {maxAgeDays: 3650}\n`,
    );
    const first: number[] = [];
    const second: number[] = [];
    const mib: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { server, port, workflows, alerts } = await openHostileCluster(HOSTILE);
      const kubeconfig = join(scratch(), 'kubeconfig-hostile');
      writeFileSync(kubeconfig, kubeconfigFor(`http://localhost:${port}`));
      const env = { KUBECONFIG: kubeconfig, AFTERSYNC_NAMESPACE: 'argocd' };
      for (const times of [first, second]) {
        const taken = await run(program('reconcile', `--config=${config}`), { env });
        times.push(taken.ms);
        mib.push(taken.mib);
      }
      server.close();
      server.closeAllConnections();
      if (workflows.size !== 2 * HOSTILE.deep || alerts.size !== HOSTILE.letters)
        throw new Error(`${workflows.size} Workflows and ${alerts.size} alerts came of it`);
    }
    const peak = Math.max(...mib);
    return [
      {
        what: 'reconcile, 10 deep Applications, 400 dead letters of 500 kB',
        ours: `${milliseconds(median(first))} first, ${milliseconds(median(second))} second; ${mebibytes(peak)} at most`,
        reference: '',
        ratio: null,
        target: `<= ${MAX_MS / 1000} s, <= ${MAX_MIB} MiB`,
        holds: Math.max(...first, ...second) <= MAX_MS && peak <= MAX_MIB,
      },
    ];
  },
};
