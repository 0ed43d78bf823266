import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const Task = z.looseObject({ templateRef: z.looseObject({ template: z.string() }) });
const Template = z.looseObject({
  name: z.string(),
  dag: z.looseObject({ tasks: z.array(Task) }).optional(),
  container: z.looseObject({ image: z.string() }).optional(),
  outputs: z
    .looseObject({
      artifacts: z.array(z.looseObject({ path: z.string().optional() })).default([]),
      parameters: z.array(z.looseObject({ valueFrom: z.looseObject({ path: z.string().optional() }) })).default([]),
    })
    .optional(),
});
const Manifest = z.object({ spec: z.looseObject({ templates: z.array(Template) }) });
type Template = z.infer<typeof Template>;

const read = (file: string) => Manifest.parse(parse(readFileSync(`workflow-templates/${file}`, 'utf8'))).spec;

const WRITE = `
  const [fs, { dirname }] = [require('node:fs'), require('node:path')];
  for (const path of process.argv.slice(1)) {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, '{}');
  }`;

/** Writes what the step would, and does nothing else. */
function emptied(template: Template): Template {
  const { container, outputs } = template;
  if (container === undefined) return template;
  const artifacts = (outputs?.artifacts ?? []).flatMap(({ path }) => path ?? []);
  const parameters = (outputs?.parameters ?? []).flatMap(({ valueFrom }) => valueFrom.path ?? []);
  const paths = [...artifacts, ...parameters];
  const { args: _, ...rest } = container;
  return { ...template, container: { ...rest, command: ['node', '-e', WRITE, '--', ...paths] } };
}

/** The tasks name templates of the Workflow itself instead of the cluster's. */
function inlined({ dag, ...template }: Template) {
  if (dag === undefined) return template;
  const tasks = dag.tasks.map(({ templateRef, ...task }) => ({ ...task, template: templateRef.template }));
  return { ...template, dag: { ...dag, tasks } };
}

/** Of each Application there is one: without a lock of its own it would wait for the others. */
const own = (lock: string) => ({
  parameters: [
    { name: 'event', value: '' },
    { name: 'lock', value: lock },
  ],
});

/** post-deployment with the same tasks, artifacts, volumes and identities, whose containers do nothing. */
export function emptyPostDeployment(name: string, namespace: string) {
  const { templates, ...spec } = read('post-deployment.yaml');
  const steps = readdirSync('workflow-templates')
    .filter(file => file.endsWith('.yaml') && !['kustomization.yaml', 'post-deployment.yaml'].includes(file))
    .flatMap(file => read(file).templates);
  const metadata = { name, namespace };
  const all = [...templates.map(inlined), ...steps.map(emptied)];
  const locked = { ...spec, arguments: own(name) };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata, spec: { ...locked, templates: all } };
}

const STEPS = ['fetch-app', 'diff-images', 'jfrog-lookup', 'submit-evidence', 'submit-release'];

/** The pod of post-deployment-compact with one empty container a step instead of one that runs all. */
export function emptyCompact(name: string, namespace: string) {
  const { templates, ...spec } = read('compact/post-deployment-compact.yaml');
  const [pipeline] = read('compact/pipeline.yaml').templates;
  if (pipeline?.container === undefined) throw new Error('the template pipeline has no container');
  const { container, outputs: _, inputs: __, ...rest } = pipeline;
  const { args: ___, ...like } = container;
  const containers = STEPS.map((step, index) => ({
    ...{ ...like, name: step, command: ['node', '-e', '0'] },
    ...(index > 0 && { dependencies: [STEPS[index - 1]] }),
  }));
  const { onExit: ____, ...withoutExit } = spec;
  const empty = { ...rest, name: 'pipeline', containerSet: { containers } };
  const metadata = { name, namespace };
  const entrypoint = { entrypoint: 'pipeline', arguments: own(name), templates: [empty] };
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata, spec: { ...withoutExit, ...entrypoint } };
}
