import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { kubeconfigFor } from '../local/standins/kubernetes.ts';
import type { Figure, Row } from './figure.ts';
import { inTurn } from './statistics.ts';
import { program } from './support/bundle.ts';
import { compared } from './support/rows.ts';
import { NODE, run } from './support/run.ts';
import { scratch } from './support/scratch.ts';

interface Started {
  what: string;
  step: string;
  /** Flags with files of the samples. */
  flags: Record<string, string>;
  target: { ratio: number; mib: number };
}

/** From the start of the process until a server has its first request. */
const figure = ({ what, step, flags, target }: Started): Figure => ({
  description: `${what}, beside node -e 0`,
  rounds: 15,
  async measure(rounds): Promise<Row[]> {
    let arrived = () => {};
    const server = createServer(() => arrived());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const [config, kubeconfig] = [join(scratch(), 'config.yaml'), join(scratch(), 'kubeconfig')];
    writeFileSync(kubeconfig, kubeconfigFor(url));
    const text = readFileSync('steps/jfrog-lookup/samples/config.yaml', 'utf8');
    writeFileSync(config, text.replace('http://localhost:8081', url));
    const files = Object.entries(flags).map(([flag, file]) => `--${flag}=steps/${step}/samples/${file}`);
    const argv = program(step, ...files, `--config=${config}`, `--out=${join(scratch(), 'out.json')}`);
    const { ours, bare } = await inTurn(rounds, {
      ours: async () => {
        const until = new Promise<void>(resolve => {
          arrived = resolve;
        });
        const taken = await run(argv, { until, env: { KUBECONFIG: kubeconfig } });
        server.closeAllConnections();
        return taken;
      },
      bare: () => run(['-e', '0']),
    });
    server.close();
    return [compared(`${what} (${step}, ${versionOf(NODE)})`, [ours, bare], target)];
  },
});

const versionOf = (node: string) => (node === process.execPath ? `Node ${process.versions.node}` : 'Node of the image');

export const start = figure({
  what: 'start of a step, until its first request',
  step: 'jfrog-lookup',
  flags: { deployment: 'deployment.json', 'image-diff': 'image-diff.json', regcred: 'regcred.json' },
  target: { ratio: 2.5, mib: 80 },
});

export const startCluster = figure({
  what: 'start of a step that reads the cluster',
  step: 'fetch-app',
  flags: { 'event-file': 'event.json' },
  target: { ratio: 4, mib: 100 },
});
