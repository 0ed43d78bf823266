import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createArtifactRepository } from '../../local/artifacts.ts';
import type { KeptNodes } from '../../local/nodes.ts';
import type { Progress } from '../../local/progress.ts';
import { toWorkflow } from '../../local/sensor/to-workflow.ts';
import { loadDefinition } from '../../local/template.ts';
import { runWorkflow } from '../../local/workflow.ts';
import { workspace } from '../support/run-step.ts';

/*
 * A pipeline of three steps whose program does what a file tells it, so that the runner is seen at work without the product's
 * steps: `plan.json` holds for each step the exit codes of its attempts; a step writes what it read and which attempt it was.
 */

const PROGRAM = `
import { appendFileSync, existsSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
const [step, ...flags] = process.argv.slice(2);
const given = Object.fromEntries(flags.map(flag => /^--([^=]+)=(.*)$/s.exec(flag).slice(1)));
const plan = JSON.parse(readFileSync(process.env.PLAN, 'utf8'));
const attempts = existsSync(process.env.PLAN + '.' + step) ? readFileSync(process.env.PLAN + '.' + step, 'utf8').length : 0;
appendFileSync(process.env.PLAN + '.' + step, 'x');
const todo = plan[step]?.[attempts] ?? { exit: 0 };
const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('in-')).map(([name, path]) => [name, existsSync(path) ? readFileSync(path, 'utf8') : null]));
const { out } = given;
if (!todo.silent) { mkdirSync(dirname(out), { recursive: true }); writeFileSync(out, JSON.stringify({ step, inputs, flags: given, env: process.env })); }
process.stderr.write('at work\\n');
if (todo.sleepMs) await new Promise(resolve => setTimeout(resolve, todo.sleepMs));
if (todo.say) writeFileSync(process.env.AFTERSYNC_TERMINATION_LOG, todo.say, { flag: 'r+' });
process.exitCode = todo.exit;
`;

const container = (step: string, args: string[], rest: object = {}) => ({
  command: ['node', '/app/aftersync.js', step],
  args: [...args, '--out={{outputs.artifacts.out.path}}'],
  volumeMounts: [{ name: 'io', mountPath: '/io' }],
  ...rest,
});
const output = (step: string) => ({
  artifacts: [
    {
      name: 'out',
      path: '/io/out/out.json',
      globalName: `${step}-out`,
      archive: { none: {} },
      s3: { key: `{{workflow.name}}/${step}/out.json` },
    },
  ],
});
const volumes = [{ name: 'io', emptyDir: {} }];
const retryStrategy = {
  limit: '2',
  retryPolicy: 'Always',
  expression: 'asInt(lastRetry.exitCode) == 75',
  backoff: { duration: '0s', factor: '2' },
};

/** The templates, by step; a test changes what it is about. */
export const smallTemplates = () => structuredClone(TEMPLATES);
const TEMPLATES = {
  first: {
    name: 'first',
    inputs: { artifacts: [{ name: 'event', path: '/io/in/event' }] },
    container: container('first', ['--in-event={{inputs.artifacts.event.path}}']),
    volumes: volumes as object[],
    retryStrategy: retryStrategy as object,
    outputs: output('first'),
  },
  second: {
    name: 'second',
    inputs: { artifacts: [{ name: 'out', path: '/io/in/out.json', optional: true }] },
    container: container('second', ['--in-first={{inputs.artifacts.out.path}}']),
    volumes: volumes as object[],
    retryStrategy: retryStrategy as object,
    outputs: output('second'),
  },
  last: {
    name: 'last',
    inputs: {
      parameters: [{ name: 'status' }, { name: 'failures' }],
      artifacts: [{ name: 'out', path: '/io/in/out.json', optional: true }],
    },
    container: container('last', [
      '--in-second={{inputs.artifacts.out.path}}',
      '--status={{inputs.parameters.status}}',
      '--failures={{inputs.parameters.failures}}',
    ]),
    volumes: volumes as object[],
    retryStrategy: retryStrategy as object,
    outputs: output('last'),
  },
};

const ref = (name: string) => ({ templateRef: { name, template: name, clusterScope: true } });
export const smallDags = () => ({
  main: {
    failFast: false,
    tasks: [
      {
        name: 'first',
        ...ref('first'),
        arguments: { artifacts: [{ name: 'event', raw: { data: '{{workflow.parameters.event}}' } }] },
      },
      {
        name: 'second',
        depends: 'first.Succeeded || first.Failed',
        ...ref('second'),
        arguments: { artifacts: [{ name: 'out', from: '{{tasks.first.outputs.artifacts.out}}', optional: true }] },
      },
    ] as object[],
  },
  exit: {
    tasks: [
      {
        name: 'last',
        ...ref('last'),
        arguments: {
          parameters: [
            { name: 'status', value: '{{workflow.status}}' },
            { name: 'failures', value: '{{workflow.failures}}' },
          ],
          artifacts: [{ name: 'out', from: '{{workflow.outputs.artifacts.second-out}}', optional: true }],
        },
      },
    ] as object[],
  },
});

const owner = (name: string, spec: object) =>
  stringify({ apiVersion: 'argoproj.io/v1alpha1', kind: 'ClusterWorkflowTemplate', metadata: { name }, spec });

/** What a step does in each attempt. */
type Plan = Record<string, { exit: number; say?: string; silent?: boolean; sleepMs?: number }[]>;

export async function smallPipeline(
  plan: Plan = {},
  templates: ReturnType<typeof smallTemplates> = smallTemplates(),
  dags: ReturnType<typeof smallDags> = smallDags(),
) {
  const { directory, path } = await workspace({ 'plan.json': plan, 'program.mjs': PROGRAM });
  await mkdir(path('sensors'));
  await mkdir(path('workflow-templates'));
  await writeFile(path('sensors/argocd-sync.yaml'), await readFile('sensors/argocd-sync.yaml', 'utf8'));
  for (const [name, template] of Object.entries(templates))
    await writeFile(path(`workflow-templates/${name}.yaml`), owner(name, { entrypoint: name, templates: [template] }));
  await writeFile(
    path('workflow-templates/post-deployment.yaml'),
    owner('post-deployment', {
      entrypoint: 'main',
      onExit: 'exit',
      arguments: { parameters: [{ name: 'event', value: '' }] },
      templates: Object.entries(dags).map(([name, dag]) => ({ name, dag })),
    }),
  );
  const said: string[] = [];
  const progress: Progress = {
    started: task => void said.push(`started ${task}`),
    retrying: (task, failed, waitMs) => void said.push(`retrying ${task} after ${failed.exitCode} in ${waitMs}`),
    finished: async (task, node) => void said.push(`${task} ${node.phase}`),
    kept: task => void said.push(`kept ${task}`),
    omitted: task => void said.push(`omitted ${task}`),
  };
  const repository = createArtifactRepository(join(directory, 'runs'));
  const stop = new AbortController();
  return {
    path,
    said,
    repository,
    stop,
    load: () => loadDefinition(directory),
    async run(kept: KeptNodes = new Map(), event = 'e30=') {
      const definition = await loadDefinition(directory);
      const workflow = toWorkflow(definition.sensor, { body: { name: 'shop-1', event } });
      const machine = {
        program: [path('program.mjs')],
        files: { directory: path('files') },
        env: { PLAN: path('plan.json') },
        args: {},
      };
      return runWorkflow({ workflow, definition, machine, repository, progress, signal: stop.signal, kept });
    },
    artifact: async (task: string) =>
      JSON.parse(await readFile(repository.pathOf(`shop-1/${task}/out.json`), 'utf8')) as {
        inputs: Record<string, string | null>;
        flags: Record<string, string>;
        env: Record<string, string>;
      },
  };
}
