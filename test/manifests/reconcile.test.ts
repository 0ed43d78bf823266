import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { createProgram } from '../../steps/reconcile/cli.ts';
import { manifestsOf } from './manifest.ts';

const Template = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.looseObject({
    entrypoint: z.string(),
    podMetadata: z.object({ labels: z.record(z.string(), z.string()) }),
    workflowMetadata: z.object({ labels: z.record(z.string(), z.string()) }),
    templates: z.tuple([
      z.looseObject({
        name: z.string(),
        serviceAccountName: z.string(),
        activeDeadlineSeconds: z.number(),
        container: z.looseObject({
          image: z.string(),
          command: z.array(z.string()),
          args: z.array(z.string()).default([]),
          env: z.array(z.object({ name: z.string(), value: z.string() })),
          volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
        }),
        volumes: z.array(z.looseObject({ name: z.string() })),
      }),
    ]),
  }),
});
const template = Template.parse(parse(readFileSync('workflow-templates/scheduled/reconcile.yaml', 'utf8')));
const [step] = template.spec.templates;
const schedule = z
  .object({ spec: z.looseObject({ workflowSpec: z.unknown(), startingDeadlineSeconds: z.number() }) })
  .parse(parse(readFileSync('deploy/base/schedules/reconcile.yaml', 'utf8')));
const Rule = z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) });

describe('reconcile', () => {
  it('is one name: resource, template, program and service account', () => {
    expect([template.metadata.name, template.spec.entrypoint, step.name]).toEqual(Array(3).fill('reconcile'));
    expect(step.container.command).toEqual(['node', '/app/aftersync.js', 'reconcile']);
    expect(step.serviceAccountName).toBe('aftersync-reconcile');
    expect(step.container.image).toBe('localhost/aftersync:dev');
  });

  it('has what its program takes from the environment, and mounts what that names', () => {
    const env = step.container.env.map(({ name }) => name);
    const options = createProgram().options.flatMap(({ envVar }) => (envVar === undefined ? [] : [envVar]));
    expect(env).toEqual(expect.arrayContaining(options));
    const mounts = step.container.volumeMounts;
    expect(mounts.map(({ name }) => name).sort()).toEqual(step.volumes.map(({ name }) => name).sort());
    for (const { value } of step.container.env.filter(variable => variable.value.startsWith('/')))
      expect(mounts.some(({ mountPath }) => value.startsWith(mountPath))).toBe(true);
  });

  it('starts the template that the Sensor starts, and the compact component replaces that name in both', () => {
    const [first] = step.container.env;
    const sensor = readFileSync('sensors/argocd-sync.yaml', 'utf8');
    expect(first).toEqual({ name: 'AFTERSYNC_WORKFLOW_TEMPLATE', value: 'post-deployment' });
    expect(sensor).toMatch(/workflowTemplateRef:\s+name: post-deployment\s/);
    const compact = readFileSync('deploy/components/compact/kustomization.yaml', 'utf8');
    expect(compact).toContain('path: /spec/templates/0/container/env/0/value');
  });

  it('is found by NetworkPolicies', () => {
    const label = { 'app.kubernetes.io/part-of': 'aftersync' };
    expect([template.spec.podMetadata.labels, template.spec.workflowMetadata.labels]).toEqual([label, label]);
  });

  it('runs by the clock, never twice at a time, and not for longer than until the next run', () => {
    expect(schedule.spec).toMatchObject({
      schedules: ['*/5 * * * *'],
      concurrencyPolicy: 'Forbid',
      workflowSpec: { workflowTemplateRef: { name: 'reconcile', clusterScope: true } },
    });
    expect(schedule.spec.startingDeadlineSeconds).toBeLessThan(300);
    expect(step.activeDeadlineSeconds).toBeLessThanOrEqual(300);
  });

  it('may not write a record or an Application, nor read a Secret or a pod', () => {
    const rules = manifestsOf('deploy/base/identities')
      .filter(({ path, document }) => path.endsWith('/reconcile.yaml') && document.kind === 'Role')
      .flatMap(({ document }) => z.array(Rule).parse(document.rules));
    const verbsOf = (resource: string) =>
      rules.filter(rule => rule.resources.includes(resource)).flatMap(rule => rule.verbs);
    expect(verbsOf('applications')).toEqual(['get', 'list']);
    expect(verbsOf('deploymentrecords')).toEqual(['get', 'list']);
    expect(verbsOf('workflows')).toEqual(['list', 'create']);
    expect(verbsOf('configmaps')).toEqual(['list']);
    expect(rules.flatMap(({ resources }) => resources).filter(name => /secrets|pods|status/.test(name))).toEqual([
      'deploymentalerts/status',
    ]);
  });
});
