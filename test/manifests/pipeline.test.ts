import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { UNNAMED_LOCK } from '../../lib/events/lock.ts';
import type { Template } from '../../local/manifests.ts';
import { loadDefinition } from '../../local/template.ts';
import { manifestsOf } from './manifest.ts';

const definition = await loadDefinition('.');
const owners = [...definition.templates.values()];
const steps = owners
  .map(owner => owner.spec.templates[0])
  .filter((template): template is Template => template?.container !== undefined);
const pipeline = definition.templates.get('post-deployment');
/** What `npm run new-step` writes, until a Workflow names it. */
const UNUSED = z.object({ annotations: z.object({ 'aftersync.dev/unused': z.literal('true') }) });
const ARTIFACTS = ['deployment', 'image-diff', 'artifacts', 'evidence', 'release'];

describe('names', () => {
  it.each(manifestsOf('workflow-templates'))('$path is named as its resource', ({ path, document }) => {
    expect(basename(path, '.yaml')).toBe(document.metadata.name);
    expect(document.metadata.annotations).toMatchObject({
      'workflows.argoproj.io/title': expect.any(String),
      'workflows.argoproj.io/description': expect.any(String),
    });
  });

  it.each(steps)('$name is one name: resource, template, program, service account, folder of artifacts', step => {
    expect(definition.templates.get(step.name)?.spec.entrypoint).toBe(step.name);
    expect(step.container?.command).toEqual(['node', '/app/aftersync.js', step.name]);
    expect(step.serviceAccountName).toBe(`aftersync-${step.name}`);
    for (const { path, s3 } of step.outputs.artifacts)
      expect(s3.key).toBe(`{{workflow.name}}/${step.name}/${basename(path)}`);
  });

  it.each(steps)('$name names an artifact as its file and as the exit handler', ({ inputs, outputs }) => {
    for (const { name, path } of [...inputs.artifacts, ...outputs.artifacts])
      expect(basename(path).replace(/\.[^.]+$/, '')).toBe(name);
    for (const { name, globalName } of outputs.artifacts) expect(globalName).toBe(name);
  });

  it('holds one image reference, which is replaced in one place', () => {
    expect(new Set(steps.map(step => step.container?.image))).toEqual(new Set(['localhost/aftersync:dev']));
  });
});

describe('references', () => {
  const dags = owners.flatMap(owner =>
    owner.spec.templates.flatMap(({ name, dag }) => (dag ? [{ owner, name, dag }] : [])),
  );

  it('names templates that exist, and every step is used', () => {
    const used = dags.flatMap(({ dag }) => dag.tasks.map(task => task.templateRef?.name));
    const unused = manifestsOf('workflow-templates').flatMap(({ document: { metadata } }) =>
      UNUSED.safeParse(metadata).success ? [metadata.name] : [],
    );
    expect([...new Set(used), ...unused].sort()).toEqual(steps.map(({ name }) => name).sort());
  });

  it.each(dags)('$name hands each template the artifacts that it asks for', ({ dag }) => {
    for (const task of dag.tasks) {
      const template = steps.find(({ name }) => name === task.templateRef?.template);
      expect(task.arguments.artifacts.map(({ name }) => name)).toEqual(
        template?.inputs.artifacts.map(({ name }) => name),
      );
      for (const { name, optional } of task.arguments.artifacts)
        expect(optional, `${task.name}: ${name}`).toBe(
          template?.inputs.artifacts.find(input => input.name === name)?.optional,
        );
    }
  });

  it.each(dags)('$name takes each artifact from a step that writes it', ({ dag }) => {
    for (const { name, from } of dag.tasks.flatMap(task => task.arguments.artifacts)) {
      if (from === undefined) continue;
      const [, task, output] = /^\{\{tasks\.([^.]+)\.outputs\.artifacts\.([^.]+)\}\}$/.exec(from) ?? [];
      const [, global] = /^\{\{workflow\.outputs\.artifacts\.([^.]+)\}\}$/.exec(from) ?? [];
      const writer = task === undefined ? undefined : steps.find(step => step.name === task);
      const written = writer?.outputs.artifacts.map(artifact => artifact.name) ?? ARTIFACTS;
      expect(written, from).toContain(output ?? global);
      expect(output ?? global).toBe(name);
    }
  });

  it('depends as decided: what is complete is sent, and a release needs all evidence', () => {
    const main = dags.find(({ name }) => name === 'post-deployment');
    expect(Object.fromEntries(main?.dag.tasks.map(({ name, depends }) => [name, depends]) ?? [])).toEqual({
      'fetch-app': undefined,
      'diff-images': 'fetch-app.Succeeded',
      'jfrog-lookup': 'diff-images.Succeeded || diff-images.Failed',
      'submit-evidence': 'jfrog-lookup.Succeeded || jfrog-lookup.Failed',
      'submit-release': 'submit-evidence.Succeeded',
    });
  });
});

describe('what comes from outside', () => {
  it.each(manifestsOf('workflow-templates'))('$path holds no expression tag', ({ text }) => {
    expect(text).not.toContain('{{=');
  });

  it.each(steps)('$name takes values as --flag=value, so that none can become an option', step => {
    for (const arg of step.container?.args ?? []) expect(arg).toMatch(/^--[a-z][a-z-]*=\S+$/);
  });

  it('hands the event to a step as an artifact only', () => {
    const uses = manifestsOf('workflow-templates').flatMap(({ text }) =>
      text.split('\n').filter(line => line.includes('parameters.event}}')),
    );
    expect(new Set(uses.map(line => line.trim()))).toEqual(new Set(['data: "{{workflow.parameters.event}}"']));
  });
});

describe('one Workflow of an Application at a time', () => {
  it('takes the lock that the Sensor names', () => {
    expect(pipeline?.spec.synchronization).toEqual({ mutexes: [{ name: '{{workflow.parameters.lock}}' }] });
    expect(pipeline?.spec.arguments.parameters).toContainEqual(
      expect.objectContaining({ name: 'lock', value: UNNAMED_LOCK }),
    );
  });

  it('is given up after each step has had its time once, and its retries where a remote is down', () => {
    // Backoff 5 + 10 + 20 s, and for each retry half a minute of requests and another for the pod.
    const retriesSeconds = 35 + 3 * 60;
    const dag = pipeline?.spec.templates.find(({ name }) => name === pipeline.spec.entrypoint)?.dag;
    const tasks = steps.filter(step => dag?.tasks.some(({ name }) => name === step.name));
    const seconds = tasks.reduce((sum, step) => sum + (step.activeDeadlineSeconds ?? 0) + retriesSeconds, 0);
    expect(pipeline?.spec.activeDeadlineSeconds).toBeGreaterThanOrEqual(seconds);
    expect(pipeline?.spec.activeDeadlineSeconds).toBeLessThanOrEqual(seconds + 300);
  });
});

describe('pods', () => {
  it.each(steps)('$name runs without privileges, with limits and an end', step => {
    expect(step.activeDeadlineSeconds).toBeGreaterThan(0);
    expect(step.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(step.container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(step.container?.resources).toMatchObject({
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { cpu: expect.any(String), memory: expect.any(String) },
    });
  });

  it.each(steps)('$name is tried again on what is transient only', ({ retryStrategy }) => {
    expect(retryStrategy).toMatchObject({
      limit: 3,
      retryPolicy: 'Always',
      expression: "lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [75, 137, 143]",
    });
  });

  it('gives a token of the API server to the steps that read it, and to no other', () => {
    const holders = steps.filter(step => step.automountServiceAccountToken === true).map(({ name }) => name);
    expect(holders.sort()).toEqual(['conclude', 'diff-images', 'fetch-app', 'submit-evidence', 'submit-release']);
  });

  it.each(steps)('$name mounts what it names, and only places that it has', step => {
    const mounted = step.container?.volumeMounts.map(({ name }) => name) ?? [];
    expect(mounted.sort()).toEqual(step.volumes.map(({ name }) => name).sort());
    const paths = step.container?.volumeMounts.map(({ mountPath }) => mountPath) ?? [];
    const named = [
      ...(step.container?.args ?? []),
      ...(step.container?.env ?? []).map(({ value }) => value ?? ''),
      ...[...step.inputs.artifacts, ...step.outputs.artifacts].map(({ path }) => path),
    ].flatMap(text => /^(?:--[^=]+=)?(\/.*)$/.exec(text)?.[1] ?? []);
    for (const path of named)
      expect(
        paths.some(mount => path === mount || path.startsWith(`${mount}/`)),
        path,
      ).toBe(true);
  });
});
