import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ClusterWorkflowTemplate, type Template } from '../../local/manifests.ts';
import { loadDefinition } from '../../local/template.ts';
import { createProgram } from '../../steps/pipeline/cli.ts';
import { STAGES, toArgv } from '../../steps/pipeline/stages.ts';

const { templates } = await loadDefinition('.');
const read = (name: string) =>
  ClusterWorkflowTemplate.parse(parse(readFileSync(`workflow-templates/compact/${name}.yaml`, 'utf8')));
const only = (owner: ClusterWorkflowTemplate | undefined, name: string): Template => {
  const found = owner?.spec.templates.find(template => template.name === name);
  if (found === undefined) throw new Error(`no template ${name}`);
  return found;
};
const dag = templates.get('post-deployment');
const steps = STAGES.map(({ step }) => only(templates.get(step), step));
const compact = read('post-deployment-compact');
const pipeline = only(read('pipeline'), 'pipeline');

describe('the stages of the pipeline', () => {
  it('are the tasks of post-deployment, with the same conditions', () => {
    const tasks = only(dag, 'post-deployment').dag?.tasks.map(({ name, depends }) => ({ name, depends }));
    const stages = STAGES.map(({ step: name, after }) => {
      const failed = after?.alsoAfterFailure ? ` || ${after.step}.Failed` : '';
      return { name, depends: after === null ? undefined : `${after.step}.Succeeded${failed}` };
    });
    expect(stages).toEqual(tasks);
  });

  it.each(STAGES)('$step gets the flags of its own template, with the same files', ({ step, flags }) => {
    const places = {
      eventFile: '/io/in/event.b64',
      regcred: '/etc/regcred/.dockerconfigjson',
      config: undefined,
      directory: '/io/out',
    };
    const template = only(templates.get(step), step);
    const pathOf = (_: string, kind: 'inputs' | 'outputs', name: string) =>
      template[kind].artifacts.find(artifact => artifact.name === name)?.path.replace('/io/in/', '/io/out/') ?? '';
    const args = (template.container?.args ?? []).map(arg =>
      arg
        .replace(/\{\{(inputs|outputs)\.artifacts\.([^.]+)\.path\}\}/, pathOf)
        .replace('{{outputs.parameters.head.path}}', template.outputs.parameters[0]?.valueFrom.path ?? ''),
    );
    expect(toArgv(flags(places)).map(arg => arg.replace('/io/in/event', '/io/out/event'))).toEqual(args);
  });
});

describe('the template pipeline', () => {
  it('has every environment variable and file that one of its steps has', () => {
    const env = steps.flatMap(({ container }) => container?.env ?? []);
    for (const variable of env) expect(pipeline.container?.env).toContainEqual(variable);
    const mounts = steps.flatMap(({ container }) => container?.volumeMounts ?? []);
    for (const mount of mounts) expect(pipeline.container?.volumeMounts).toContainEqual(mount);
    const volumes = steps.flatMap(step => step.volumes);
    for (const volume of volumes) expect(pipeline.volumes).toContainEqual(volume);
    expect(new Set(pipeline.volumes.map(({ name }) => name))).toEqual(new Set(volumes.map(({ name }) => name)));
  });

  it('gives the artifacts of all steps, where they have got so far', () => {
    const artifacts = steps.flatMap(step => step.outputs.artifacts);
    expect(pipeline.outputs.artifacts).toEqual(
      artifacts.map(artifact => ({
        ...artifact,
        optional: true,
        s3: { key: artifact.s3.key.replace(/\/[^/]+\//, '/pipeline/') },
      })),
    );
  });

  it('runs as its steps do, and as long as all of them may', () => {
    const { securityContext, executor, retryStrategy, container } = pipeline;
    for (const step of steps) {
      expect({ securityContext, executor, retryStrategy }).toEqual({
        securityContext: step.securityContext,
        executor: step.executor,
        retryStrategy: step.retryStrategy,
      });
      expect(container?.securityContext).toEqual(step.container?.securityContext);
      expect(container?.image).toBe(step.container?.image);
    }
    const sum = steps.reduce((seconds, step) => seconds + (step.activeDeadlineSeconds ?? 0), 0);
    expect(pipeline.activeDeadlineSeconds).toBeGreaterThanOrEqual(sum);
    expect(pipeline).toMatchObject({ serviceAccountName: 'aftersync-pipeline', automountServiceAccountToken: true });
  });

  it('is given flags that its program has', () => {
    const flags = createProgram().options.map(({ long }) => long);
    for (const arg of pipeline.container?.args ?? []) expect(flags).toContain(arg.replace(/=.*/, ''));
    expect(pipeline.container?.command).toEqual(['node', '/app/aftersync.js', createProgram().name()]);
  });
});

describe('post-deployment-compact', () => {
  it('is post-deployment but for what runs', () => {
    const without = (owner: ClusterWorkflowTemplate | undefined) => ({
      ...owner?.spec,
      entrypoint: null,
      templates: owner?.spec.templates.filter(({ name }) => name === 'on-exit'),
    });
    expect(without(compact)).toEqual(without(dag));
  });

  it('hands the event to the one task as an artifact, as post-deployment does', () => {
    const [first] = only(dag, 'post-deployment').dag?.tasks ?? [];
    const tasks = only(compact, 'post-deployment-compact').dag?.tasks;
    expect(tasks).toEqual([
      {
        name: 'pipeline',
        templateRef: { name: 'pipeline', template: 'pipeline', clusterScope: true },
        arguments: first?.arguments,
      },
    ]);
  });
});
