import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { ClusterWorkflowTemplate } from '../../local/manifests.ts';
import { createProgram } from '../../steps/archive/cli.ts';
import { closed } from './closed-schema.ts';
import { manifestsOf } from './manifest.ts';

const WORKFLOWS = process.env.AFTERSYNC_ARGO_WORKFLOWS ?? '';
const ARGO = process.env.AFTERSYNC_ARGO ?? '';
const TEMPLATE = 'workflow-templates/archive/archive.yaml';
const CRON = 'deploy/components/archive/namespaced/cron-workflow.yaml';

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));
const template = ClusterWorkflowTemplate.parse(read(TEMPLATE));
const [step] = template.spec.templates;
const names = (step?.container?.env ?? []).map(({ name }) => name);

describe('the template archive', () => {
  it('is named like its program, and gives it the flags and the configuration that it must have', () => {
    const program = createProgram();
    expect([template.metadata.name, step?.name, program.name()]).toEqual(['archive', 'archive', 'archive']);
    const given = (step?.container?.args ?? []).map(arg => arg.replace(/=.*/s, ''));
    expect(given.filter(flag => flag !== '--metrics-out')).toEqual(
      program.options.filter(({ mandatory }) => mandatory).map(({ long }) => long),
    );
    expect(names).toContain('AFTERSYNC_CONFIG');
    expect(step?.container?.args).toContain('--out={{outputs.artifacts.archive.path}}');
    // Where the records are kept is where the pod runs.
    expect(names).not.toContain('AFTERSYNC_LEDGER');
  });

  it('finds its keys where the Secret is mounted', () => {
    const files = (step?.container?.env ?? []).filter(({ name }) => name.endsWith('_FILE'));
    const secret = step?.volumes.find(({ name }) => name === 'aftersync-archive');
    expect(files.map(({ value }) => value)).toEqual(
      ['access-key-id', 'secret-access-key'].map(key => `/etc/aftersync-archive/${key}`),
    );
    expect(JSON.stringify(secret)).toContain('"optional":true');
  });

  it('is what the CronWorkflow runs, one at a time', () => {
    expect(read(CRON)).toMatchObject({
      spec: {
        concurrencyPolicy: 'Forbid',
        workflowSpec: { workflowTemplateRef: { name: template.metadata.name, clusterScope: true } },
      },
    });
  });
});

describe('the identity of archive', () => {
  const Role = z.object({
    rules: z.array(
      z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
    ),
  });

  it('may read and delete records, and nothing else', () => {
    const role = manifestsOf('deploy/components/archive').find(({ document }) => document.kind === 'Role');
    expect(Role.parse(role?.document).rules).toEqual([
      { apiGroups: ['aftersync.dev'], resources: ['deploymentrecords'], verbs: ['get', 'list', 'delete'] },
      { apiGroups: ['aftersync.dev'], resources: ['deploymentrecordparts'], verbs: ['get'] },
    ]);
  });

  it('is the only one that may delete records', () => {
    const files = readdirSync('deploy', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml'));
    const documents = files.flatMap(file => parseAllDocuments(readFileSync(join('deploy', file), 'utf8')));
    const Named = Role.extend({ kind: z.string().regex(/Role$/), metadata: z.object({ name: z.string() }) });
    const roles = documents.flatMap(document => Named.safeParse(document.toJS()).data ?? []);
    expect(roles.length).toBeGreaterThan(5);
    const deleting = roles.filter(({ rules }) =>
      rules.some(
        ({ resources, verbs }) =>
          resources.some(name => /^(deploymentrecord|\*)/.test(name)) && verbs.some(verb => /^(delete|\*)/.test(verb)),
      ),
    );
    expect(deleting.map(({ metadata }) => metadata.name)).toEqual(['aftersync-archive']);
  });
});

describe.skipIf(ARGO === '')('argo lint (needs AFTERSYNC_ARGO, the path of the binary)', () => {
  it('finds nothing in the CronWorkflow and its template', async () => {
    const { all, exitCode } = await execa(ARGO, ['lint', '--offline', TEMPLATE, CRON], { all: true, reject: false });
    expect(all).toMatch(/no linting errors found/);
    expect(exitCode).toBe(0);
  });
});

describe.skipIf(WORKFLOWS === '')(
  'Argo Workflows schema (needs AFTERSYNC_ARGO_WORKFLOWS, the directory of its Go module)',
  () => {
    const Crd = z.object({
      spec: z.object({ versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.looseObject({}) }) })) }),
    });

    it('knows every field of the CronWorkflow', () => {
      const file = join(WORKFLOWS, 'manifests/base/crds/full/argoproj.io_cronworkflows.yaml');
      const { properties, ...schema } = Crd.parse(read(file)).spec.versions[0]?.schema.openAPIV3Schema ?? {};
      const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
      const open = { ...schema, properties: { ...(properties as object), metadata: {}, status: false } };
      const validate = ajv.compile(closed(open) as object);
      validate(read(CRON));
      expect(validate.errors ?? []).toEqual([]);
      validate(parse(readFileSync(CRON, 'utf8').replace('concurrencyPolicy', 'concurencyPolicy')));
      expect(validate.errors).toHaveLength(1);
    });
  },
);
