import type * as z from 'zod';
import { ArchiveReport } from '../../lib/contracts/archive-report.ts';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { DeploymentAlert } from '../../lib/contracts/deployment-alert.ts';
import { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { DeploymentRecordPart } from '../../lib/contracts/deployment-record-part.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { DeployedImage, ImageDiff } from '../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { EventEnvelope } from '../../lib/contracts/sync-event.ts';

/** A contract as the reference shows it. */
export interface DocumentedContract {
  /** Name of its page and schema: <slug>.md, <slug>.schema.json. */
  slug: string;
  name: string;
  schema: z.ZodType;
  /** Where a reader meets it: a file, a resource, a parameter. */
  foundAs: string;
  writtenBy: string;
  readBy: string;
  /** input: what somebody else writes, defaults are optional. output: what a step wrote, every field is there. */
  io: 'input' | 'output';
}

/** The contracts that have a page in docs/reference, in the order of the pipeline. */
export const CONTRACTS: readonly DocumentedContract[] = [
  {
    slug: 'sync-event',
    name: 'SyncEvent',
    schema: EventEnvelope,
    foundAs: 'workflow parameter `event`, base64 of JSON',
    writtenBy: 'the Argo CD notification template',
    readBy: '`fetch-app`',
    io: 'input',
  },
  {
    slug: 'deployment',
    name: 'Deployment',
    schema: Deployment,
    foundAs: '`deployment.json`',
    writtenBy: '`fetch-app`',
    readBy: '`diff-images`, `jfrog-lookup`, `submit-evidence`, `submit-release`, `report`',
    io: 'output',
  },
  {
    slug: 'image-diff',
    name: 'ImageDiff',
    schema: ImageDiff,
    foundAs: '`image-diff.json`',
    writtenBy: '`diff-images`',
    readBy: '`jfrog-lookup`, `report`',
    io: 'output',
  },
  {
    slug: 'artifact-set',
    name: 'ArtifactSet',
    schema: ArtifactSet,
    foundAs: '`artifacts.json`',
    writtenBy: '`jfrog-lookup`',
    readBy: '`submit-evidence`, `report`',
    io: 'output',
  },
  {
    slug: 'evidence-receipts',
    name: 'EvidenceReceipts',
    schema: EvidenceReceipts,
    foundAs: '`evidence.json`',
    writtenBy: '`submit-evidence`',
    readBy: '`submit-release`, `report`',
    io: 'output',
  },
  {
    slug: 'release-receipt',
    name: 'ReleaseReceipt',
    schema: ReleaseReceipt,
    foundAs: '`release.json`',
    writtenBy: '`submit-release`',
    readBy: '`report`',
    io: 'output',
  },
  {
    slug: 'deployment-record',
    name: 'DeploymentRecord',
    schema: DeploymentRecord,
    foundAs: 'the ledger: one record for each sync operation',
    writtenBy: '`submit-evidence`, `submit-release`',
    readBy: '`diff-images`, `submit-evidence`, `submit-release`, `alert`',
    io: 'output',
  },
  {
    slug: 'deployment-record-part',
    name: 'DeploymentRecordPart',
    schema: DeploymentRecordPart,
    foundAs: 'the ledger: images and deliveries of a record that is too large for one object',
    writtenBy: '`submit-evidence`',
    readBy: '`diff-images`, `submit-evidence`, `submit-release`',
    io: 'output',
  },
  {
    slug: 'deployment-alert',
    name: 'DeploymentAlert',
    schema: DeploymentAlert,
    foundAs: '`alert.json`, and the resource of that name',
    writtenBy: '`alert`, `reconcile`',
    readBy: '`alert`, `reconcile`',
    io: 'output',
  },
  {
    slug: 'archive-report',
    name: 'ArchiveReport',
    schema: ArchiveReport,
    foundAs: '`archive.json`',
    writtenBy: '`archive`',
    readBy: 'people',
    io: 'output',
  },
];

/** The configuration has a schema among the others, and a page of its own: docs/configuration.md. */
export const CONFIGURATION: DocumentedContract = {
  slug: 'configuration',
  name: 'Configuration',
  schema: Configuration,
  foundAs: 'ConfigMap `aftersync-config`, or the YAML file of `--config`',
  writtenBy: 'platform engineers',
  readBy: 'every step',
  io: 'input',
};

/** Shapes that several contracts hold: one page documents them, the others point to it. */
export const SHARED_SHAPES: readonly { schema: z.ZodType; slug: string; link: string }[] = [
  { schema: Deployment, slug: 'deployment', link: '[Deployment](deployment.md)' },
  { schema: DeployedImage, slug: 'image-diff', link: '[ImageDiff](image-diff.md), `images[]`' },
];
