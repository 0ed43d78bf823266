import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { badInput } from '../lib/runtime/failure.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { type Artifact, type ArtifactRepository, place } from './artifacts.ts';
import { type Machine, runContainer } from './container.ts';
import type { NodeResult } from './dag.ts';
import { Template } from './manifests.ts';
import { type Mount, mountVolumes, toLocal } from './mounts.ts';
import { type Attempt, withRetries } from './retry.ts';
import { type Scope, substitute } from './substitute.ts';

/** What a task hands to the template that it runs. */
export interface Inputs {
  parameters: Record<string, string>;
  artifacts: Record<string, Artifact>;
}

export interface StepRun {
  name: string;
  template: Template;
  inputs: Inputs;
  /** The tags that every template of the Workflow knows. */
  globals: Scope;
  machine: Machine;
  repository: ArtifactRepository;
  /** Directory of this task, below the Workflow's. */
  directory: string;
  signal: AbortSignal;
  beforeRetry: (failed: Attempt, waitMs: number) => void;
}

/** Runs a template that is a container: inputs in, attempts until it is enough, outputs kept whatever the exit code. */
export async function runStep(run: StepRun): Promise<NodeResult & { attempts: Attempt[] }> {
  await rm(run.directory, { recursive: true, force: true });
  await mkdir(run.directory, { recursive: true });
  let outputs: Record<string, Artifact> = {};
  const attempts = await withRetries(
    run.template.retryStrategy,
    `retryStrategy of ${run.template.name}`,
    async retries => {
      const ended = await attemptOnce(run, retries);
      outputs = ended.outputs;
      return ended.attempt;
    },
    run.beforeRetry,
    run.signal,
  );
  const last = attempts.at(-1) ?? attempts[0];
  return { phase: last.phase, message: last.message, exitCode: last.exitCode, outputs, attempts };
}

async function attemptOnce(run: StepRun, retries: number) {
  const on = `template ${run.template.name}`;
  const scope = { ...run.globals, ...scopeOf(run), retries: String(retries) };
  const template = parseAs(Template, substitute(run.template, scope, on), on, 'mend the template');
  // As new as a pod's own volumes, and gone with them.
  const scratch = await mkdtemp(join(tmpdir(), 'aftersync-'));
  try {
    const mounts = await mountVolumes(template, scratch, run.machine.files);
    await placeInputs(template, run.inputs, mounts);
    const log = join(run.directory, 'main.log');
    const attempt = await runContainer(template, mounts, run.machine, scratch, log, run.signal);
    const { outputs, missing } = await saveOutputs(template, mounts, run.repository);
    return { attempt: missing === null || attempt.phase !== 'Succeeded' ? attempt : lost(attempt, missing), outputs };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const lost = (attempt: Attempt, artifact: string): Attempt => ({
  ...attempt,
  phase: 'Error',
  message: `the step succeeded and did not write the artifact ${artifact}`,
});

function scopeOf({ template, inputs }: StepRun): Scope {
  return Object.fromEntries([
    ...Object.entries(inputs.parameters).map(([name, value]) => [`inputs.parameters.${name}`, value]),
    ...template.inputs.artifacts.map(({ name, path }) => [`inputs.artifacts.${name}.path`, path]),
    ...template.outputs.artifacts.map(({ name, path }) => [`outputs.artifacts.${name}.path`, path]),
    ...template.outputs.parameters.map(({ name, valueFrom }) => [`outputs.parameters.${name}.path`, valueFrom.path]),
  ]);
}

async function placeInputs(template: Template, inputs: Inputs, mounts: readonly Mount[]): Promise<void> {
  for (const { name, path, optional } of template.inputs.artifacts) {
    const artifact = inputs.artifacts[name];
    if (artifact !== undefined) await place(artifact, local(path, mounts, template.name));
    else if (optional !== true)
      throw badInput('Input artifact is missing', `${template.name}: ${name}`, 'run the earlier task again');
  }
}

async function saveOutputs(template: Template, mounts: readonly Mount[], repository: ArtifactRepository) {
  const outputs: Record<string, Artifact> = {};
  let missing: string | null = null;
  for (const { name, path, optional, s3 } of template.outputs.artifacts) {
    const from = local(path, mounts, template.name);
    if (existsSync(from)) outputs[name] = await repository.save(from, s3.key);
    else if (optional !== true) missing ??= name;
  }
  return { outputs, missing };
}

function local(path: string, mounts: readonly Mount[], template: string): string {
  const found = toLocal(path, mounts);
  if (found === path) throw badInput('Artifact lies outside the volumes', `${template}: ${path}`, 'use a mounted path');
  return found;
}
