import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Figure } from './figure.ts';
import { inTurn } from './statistics.ts';
import { program } from './support/bundle.ts';
import { compared } from './support/rows.ts';
import { run } from './support/run.ts';
import { scratch } from './support/scratch.ts';

const SAMPLES = 'steps/diff-images/samples';

/** The files are compared; nobody asks a cluster. */
const step = (...flags: string[]) =>
  run(
    program(
      ...['diff-images', `--deployment=${SAMPLES}/deployment.json`, `--config=${SAMPLES}/config.yaml`],
      ...[`--out=${join(scratch(), 'image-diff.json')}`, ...flags],
    ),
    { env: { KUBECONFIG: '/dev/null' } },
  );

const READLINE = `
  const { createInterface } = require('node:readline');
  let lines = 0;
  createInterface({ input: require('node:fs').createReadStream(process.argv[1]) }).on('line', () => { lines += 1; });`;

export const diffText: Figure = {
  description: 'diff-images on 200 MB of diff text, beside reading the file with readline',
  rounds: 3,
  async measure(rounds) {
    const file = join(scratch(), 'app.diff');
    await pipeline(diffOf(200 * 1_000_000), createWriteStream(file));
    const { ours, reference } = await inTurn(rounds, {
      ours: () => step(`--diff=${file}`),
      reference: () => run(['-e', READLINE, file]),
    });
    return [compared('diff-images, 200 MB of diff text', [ours, reference], { ratio: 2, mib: 150 })];
  },
};

/** Large objects of which one in ten is a Deployment with a new image, as `argocd app diff` prints them. */
function* diffOf(bytes: number): Generator<string> {
  const line = `    key-${'x'.repeat(40)}: value ${'y'.repeat(30)}`;
  const lines = Array.from({ length: 400 }, () => line);
  const large = [...['1,400c1,400', ...lines.map(text => `< ${text}`), '---', ...lines.map(text => `> ${text}`)]].join(
    '\n',
  );
  for (let [written, index] = [0, 0]; written < bytes; index += 1) {
    const text =
      index % 10 === 0
        ? `===== apps/Deployment team-${index % 50}/workload-${index} ======\n57c57\n<         image: registry.example.com/team/workload:2.${index}.0\n---\n>         image: registry.example.com/team/workload:1.${index}.0\n\n`
        : `===== /ConfigMap team-${index % 50}/settings-${index} ======\n${large}\n\n`;
    written += text.length;
    yield text;
  }
}

const PARSE = `
  import { readFileSync } from 'node:fs';
  import { parseAllDocuments } from 'yaml';
  for (const file of process.argv.slice(1)) for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) document.toJS();`;

export const manifests: Figure = {
  description: 'diff-images on 5 000 manifests of each rendering, beside parsing both with the yaml library',
  rounds: 3,
  async measure(rounds) {
    const [live, target] = [join(scratch(), 'live.yaml'), join(scratch(), 'target.yaml')];
    await pipeline(renderingOf(5000, '2.0.0'), createWriteStream(live));
    await pipeline(renderingOf(5000, '1.0.0'), createWriteStream(target));
    const { ours, reference } = await inTurn(rounds, {
      ours: () => step(`--live=${live}`, `--target=${target}`),
      reference: () => run(['--input-type=module', '-e', PARSE, live, target]),
    });
    return [compared('diff-images, 5 000 manifests of each rendering', [ours, reference], { ratio: 1.3 })];
  },
};

/** One in five is a Deployment, the others what goes with it. */
function* renderingOf(count: number, version: string): Generator<string> {
  const labels = `labels: { app.kubernetes.io/name: workload, app.kubernetes.io/part-of: shop, team: payments }`;
  for (let index = 0; index < count; index += 1) {
    const about = `metadata:\n  name: workload-${index}\n  namespace: team-${index % 50}\n  ${labels}\n`;
    if (index % 5 !== 0)
      yield `---\napiVersion: v1\nkind: ConfigMap\n${about}data:\n${Array.from({ length: 12 }, (_, n) => `  setting-${n}: "the value of ${n}"\n`).join('')}`;
    else
      yield `---\napiVersion: apps/v1\nkind: Deployment\n${about}spec:\n  replicas: 2\n  selector:\n    matchLabels: { app: workload-${index} }\n  template:\n    metadata:\n      labels: { app: workload-${index} }\n    spec:\n      containers:\n        - name: main\n          image: registry.example.com/shop/workload-${index}:${version}\n          ports: [{ containerPort: 8080 }]\n          resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 256Mi } }\n          env:\n            - name: MODE\n              value: production\n`;
  }
}
