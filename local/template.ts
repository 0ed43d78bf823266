import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type * as z from 'zod';
import { badInput } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { parseDepends } from './depends.ts';
import { ClusterWorkflowTemplate, type Dag, type Task, type Template } from './manifests.ts';
import { Sensor } from './sensor/manifest.ts';

/** The definition of the pipeline, as it is deployed. */
export interface Definition {
  sensor: Sensor;
  templates: Map<string, ClusterWorkflowTemplate>;
}

const REMEDY = 'the local runner does not support that; run it in the cluster';

/**
 * Reads the Sensor and the ClusterWorkflowTemplates of a checkout.
 * @param root the directory that holds sensors/ and workflow-templates/
 * @throws Failure 2 where one is missing, or holds what the runner does not support
 */
export async function loadDefinition(root: string): Promise<Definition> {
  const sensor = await load(Sensor, join(root, 'sensors', 'argocd-sync.yaml'));
  const directory = join(root, 'workflow-templates');
  const files = (await readdir(directory).catch(() => [])).filter(
    file => file.endsWith('.yaml') && file !== 'kustomization.yaml',
  );
  const templates = new Map<string, ClusterWorkflowTemplate>();
  for (const file of files.sort()) {
    const template = await load(ClusterWorkflowTemplate, join(directory, file));
    templates.set(template.metadata.name, template);
  }
  for (const owner of templates.values())
    for (const { name, dag } of owner.spec.templates) if (dag !== undefined) checkDag(dag, owner, name, templates);
  return { sensor, templates };
}

async function load<T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> {
  const text = await readInput(path, 'manifest');
  try {
    return parseAs(schema, parseYaml(text), path, REMEDY);
  } catch (error) {
    if (error instanceof Error && error.name === 'YAMLParseError')
      throw badInput('Not YAML', path, error.message.split('\n')[0] ?? 'mend it');
    throw error;
  }
}

/** @throws Failure 2 where a reference leads nowhere or tasks wait for each other */
function checkDag(
  { tasks }: Dag,
  owner: ClusterWorkflowTemplate,
  name: string,
  templates: Map<string, ClusterWorkflowTemplate>,
): void {
  const on = `${owner.metadata.name}/${name}`;
  const waitsFor = new Map(
    tasks.map(task => [task.name, task.depends === undefined ? [] : parseDepends(task.depends, on).tasks]),
  );
  for (const task of tasks) {
    templateOf(task, owner, templates);
    for (const other of waitsFor.get(task.name) ?? [])
      if (!waitsFor.has(other))
        throw badInput('No such task', `${on}: ${task.name} depends on ${other}`, 'mend depends');
    if (ancestorsOf(task.name, waitsFor).has(task.name))
      throw badInput('Tasks wait for each other', `${on}: ${task.name}`, 'mend depends');
  }
}

/** Every task that a task waits for, directly or not. */
export function ancestorsOf(task: string, waitsFor: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(waitsFor.get(task) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(waitsFor.get(next) ?? []));
  }
  return found;
}

/** The template that a task runs and the resource that holds it. @throws Failure 2 */
export function templateOf(
  { name, template, templateRef }: Task,
  owner: ClusterWorkflowTemplate,
  templates: Map<string, ClusterWorkflowTemplate>,
): { template: Template; owner: ClusterWorkflowTemplate } {
  const holder = templateRef === undefined ? owner : templates.get(templateRef.name);
  const wanted = templateRef?.template ?? template ?? '';
  const found = holder?.spec.templates.find(candidate => candidate.name === wanted);
  if (holder !== undefined && found !== undefined) return { template: found, owner: holder };
  const on = `task ${name} of ${owner.metadata.name}: ${templateRef?.name ?? owner.metadata.name}/${wanted}`;
  throw badInput('No such template', on, 'name a template of workflow-templates/');
}
