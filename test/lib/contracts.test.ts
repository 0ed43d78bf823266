import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type * as z from 'zod';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { EventEnvelope } from '../../lib/contracts/sync-event.ts';
import { SAMPLE, sampleRun } from '../support/sample-run.ts';

interface Case {
  name: string;
  schema: z.ZodType;
  sample: unknown;
  /** Paths at which an unknown key is put; '' is the document itself. */
  objects: string[];
  /** Path and a value that must not pass there. */
  refused: [path: string, value: unknown][];
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const { deployment, imageDiff, evidence } = await sampleRun();
const receipt = evidence.receipts[0];

const CASES: Case[] = [
  {
    name: 'Deployment',
    schema: Deployment,
    sample: deployment,
    objects: ['', 'source', 'operation', 'initiator', 'destination', 'sources.0', 'resources.0', 'previous'],
    refused: [
      ['id', 'checkout'],
      ['operation.phase', 'Running'],
      ['operation.startedAt', '2026-11-20 22:04'],
      ['initiator.name', ''],
      ['production', 'yes'],
    ],
  },
  {
    name: 'ImageDiff',
    schema: ImageDiff,
    sample: imageDiff,
    objects: ['', 'strategy', 'settle', 'images.0', 'images.0.workloads.0'],
    refused: [
      ['images.0.digest', 'sha256:abc'],
      ['images.0.workloads', []],
      ['images.0.change', 'removed'],
      ['deploymentId', ''],
    ],
  },
  {
    name: 'ArtifactSet',
    schema: ArtifactSet,
    sample: await json(`${SAMPLE}/artifacts.json`),
    objects: ['', 'artifacts.0', 'artifacts.0.metadata', 'artifacts.0.fieldSources', 'artifacts.0.image'],
    refused: [
      ['artifacts.0.metadata.sealId', '107647'],
      ['artifacts.0.metadata.jetId', ''],
      ['artifacts.0.missing', ['initiator']],
    ],
  },
  {
    name: 'EvidenceReceipts',
    schema: EvidenceReceipts,
    sample: evidence,
    objects: ['', 'receipts.0'],
    refused: [
      ['receipts.0.outcome', 'done'],
      ['receipts.0.bodySha256', 'ABC'],
      ['receipts.0.attempts', -1],
    ],
  },
  {
    name: 'ReleaseReceipt',
    schema: ReleaseReceipt,
    sample: await json(`${SAMPLE}/release.json`),
    objects: ['', 'window'],
    refused: [
      ['outcome', 'skipped'],
      ['httpStatus', '201'],
    ],
  },
  {
    name: 'DeploymentRecord',
    schema: DeploymentRecord,
    sample: {
      schemaVersion: 'aftersync.deployment-record/v1',
      id: deployment.id,
      deployment,
      images: imageDiff.images,
      deliveries: [
        {
          step: 'submit-evidence',
          target: 'https://jet-proxy.example.com/api/v0.0/deploy/generic/publish',
          subject: receipt?.subject,
          reference: receipt?.reference,
          body: '{}',
          provenance: { jetId: 'property jetId' },
          state: 'accepted',
          owner: null,
          leaseUntil: null,
          updatedAt: '2026-11-20T22:06:30Z',
          idempotencyKey: receipt?.idempotencyKey,
          bodySha256: receipt?.bodySha256,
          attempts: 1,
          possibleDuplicate: false,
          httpStatus: 201,
          responseId: 'evt-1',
          detail: 'Recorded.',
        },
      ],
      runs: 1,
    },
    objects: ['', 'deployment', 'deliveries.0', 'images.0'],
    refused: [
      ['deliveries.0.state', 'pending'],
      ['deliveries.0.step', 'report'],
      ['runs', 1.5],
    ],
  },
  {
    name: 'Configuration',
    schema: Configuration,
    sample: parseYaml(await readFile('docs/derive/configuration.minimal.yaml', 'utf8')),
    objects: ['', 'environments', 'jet', 'jet.token'],
    refused: [
      ['jet.url', 'ftp://jet.example.com'],
      ['jet.url', 'https://user:secret@jet.example.com'],
      ['jet.concurrency', 0],
      ['environments.default', ''],
      ['jet.token', undefined],
    ],
  },
];

/** A copy with one value changed; undefined takes the key away. */
function changed(document: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(document);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<unknown>((part, name) => Reflect.get(Object(part), name), copy);
  if (value === undefined) Reflect.deleteProperty(Object(holder), last);
  else Reflect.set(Object(holder), last, value);
  return copy;
}

const issuesOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues ?? [];

describe.each(CASES)('contract $name', ({ schema, sample, objects, refused }) => {
  it('takes its sample', () => {
    expect(issuesOf(schema, sample)).toEqual([]);
  });

  it.each(objects)('refuses an unknown key in "%s"', path => {
    const unknown = changed(sample, path === '' ? 'surprise' : `${path}.surprise`, 1);
    expect(issuesOf(schema, unknown)).toMatchObject([{ code: 'unrecognized_keys', keys: ['surprise'] }]);
  });

  it.each(['aftersync.other/v1', undefined])('refuses schemaVersion %s', version => {
    expect(issuesOf(schema, changed(sample, 'schemaVersion', version))).toMatchObject([{ path: ['schemaVersion'] }]);
  });

  it.each(refused)('refuses %s: %j', (path, value) => {
    expect(issuesOf(schema, changed(sample, path, value)).length).toBeGreaterThan(0);
  });
});

describe('contract SyncEvent', () => {
  const event = {
    schema: 'aftersync.event/v1',
    kind: 'argocd.sync-finished',
    instance: 'default',
    id: deployment.id,
    name: `checkout-${deployment.id}`,
    data: {
      application: 'checkout',
      namespace: 'argocd',
      uid: deployment.source.uid,
      phase: 'Succeeded',
      startedAt: '2026-11-20T22:04:11Z',
      sources: [{ repoURL: 'https://git.example.com/x.git' }],
      resources: [{ kind: 'Deployment', name: 'checkout-api' }],
    },
  };

  it.each(['surprise', 'data.surprise', 'data.sources.0.surprise', 'data.resources.0.surprise'])(
    'ignores an unknown key at %s, because the sender is upgraded on its own',
    path => {
      expect(EventEnvelope.parse(changed(event, path, 1))).toEqual(EventEnvelope.parse(event));
    },
  );

  it.each([
    ['schema', 'aftersync.event/v2'],
    ['kind', 'flux.reconciled'],
    ['id', '../../etc'],
    ['name', '{{workflow.name}}'],
    ['data.application', 'a/b'],
    ['data.phase', 'Running'],
    ['data.startedAt', undefined],
    ['data.resources.0.name', ''],
  ])('refuses %s: %j', (path, value) => {
    expect(issuesOf(EventEnvelope, changed(event, path, value)).length).toBeGreaterThan(0);
  });
});
