import * as z from 'zod';
import { DeploymentRecord } from '../lib/contracts/deployment-record.ts';
import { DeploymentRecordSummary } from '../lib/contracts/deployment-record-summary.ts';
import { onlyGrows, RECEIPTS_ONLY_GROW, staysAsItIs, type ValidationRule } from './chain-rules.ts';
import { crdFile, customResourceDefinition } from './custom-resource-definition.ts';

const { deployment } = DeploymentRecord.shape;
const Status = DeploymentRecord.omit({ schemaVersion: true, id: true, deployment: true });

/** null is as if there were none, so that there being none must stay as well. */
const PREVIOUS_STAYS: ValidationRule = {
  rule: '!has(oldSelf.status) || !has(oldSelf.status.receipts) || (has(self.status) && has(self.status.previous) == has(oldSelf.status.previous) && (!has(self.status.previous) || self.status.previous == oldSelf.status.previous))',
  message: 'previous cannot be changed',
};

const columns = [
  { name: 'App', type: 'string', jsonPath: '.spec.deployment.source.name' },
  { name: 'Env', type: 'string', jsonPath: '.spec.deployment.targetEnvironment' },
  { name: 'Phase', type: 'string', jsonPath: '.spec.deployment.operation.phase' },
  { name: 'Artifacts', type: 'integer', jsonPath: '.status.summary.artifacts' },
  { name: 'Submitted', type: 'integer', jsonPath: '.status.summary.submitted' },
  { name: 'State', type: 'string', jsonPath: '.status.summary.state' },
  { name: 'Change', type: 'string', jsonPath: '.status.summary.changeRequest' },
  // In the wide output only; reconcile reads a table of all records, never the records themselves.
  { name: 'Started', type: 'string', priority: 1, jsonPath: '.spec.deployment.operation.startedAt' },
  { name: 'Runs', type: 'integer', priority: 1, jsonPath: '.status.runs' },
  { name: 'Changed', type: 'string', priority: 1, jsonPath: '.status.summary.changedAt' },
  { name: 'Accepted', type: 'string', priority: 1, jsonPath: '.status.summary.acceptedAt' },
  { name: 'App Namespace', type: 'string', priority: 1, jsonPath: '.spec.deployment.source.namespace' },
  { name: 'App UID', type: 'string', priority: 1, jsonPath: '.spec.deployment.source.uid' },
] as const;

/** What the API server heads a table of records with. */
export const RECORD_COLUMNS = ['Name', ...columns.map(({ name }) => name), 'Age'];

/**
 * The resource type that keeps records in the cluster, derived from the contract: what was deployed is spec and never
 * changes, what became of it is status.
 */
export const deploymentRecordCrd = () =>
  customResourceDefinition({
    kind: 'DeploymentRecord',
    shortName: 'dr',
    description:
      'One sync operation: what was deployed, and which evidence of it was delivered. Named by the operation id.',
    columns,
    rules: [
      {
        rule: 'self.metadata.name == self.spec.deployment.id',
        message: 'a record is named by its operation id',
      },
      { rule: '!has(oldSelf.status) || has(self.status)', message: 'status cannot be taken away' },
      ...RECEIPTS_ONLY_GROW,
      onlyGrows('seals'),
      onlyGrows('acceptances'),
      staysAsItIs('parts'),
      PREVIOUS_STAYS,
      {
        rule: '!has(oldSelf.status) || (has(self.status) && self.status.runs >= oldSelf.status.runs)',
        message: 'runs never become fewer',
      },
    ],
    spec: {
      schema: z.strictObject({ deployment }),
      description: 'What was deployed.',
      fixed: 'what was deployed cannot be changed',
    },
    status: {
      schema: z.strictObject({ summary: DeploymentRecordSummary, ...Status.shape }),
      description: 'What became of it.',
    },
  });

/** deploy/crds/deploymentrecords.yaml */
export const deploymentRecordCrdFile = (): string => crdFile('deployment-record', deploymentRecordCrd());
