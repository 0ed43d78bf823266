import { stringify } from 'yaml';
import { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { applyChange } from '../../lib/ledger/record.ts';
import type { StoredRecord } from '../../lib/ledger/stored-record.ts';
import { toResources } from '../../records/resource.ts';

/** The record that changes make of nothing. */
export const recordOf = (changes: readonly Change[]): DeploymentRecord =>
  DeploymentRecord.parse(changes.reduce<DeploymentRecord | null>(applyChange, null));

export const storedOf = (record: DeploymentRecord): StoredRecord => ({ record, parts: [] });

/** What `kubectl get deploymentrecords,deploymentrecordparts -o yaml` prints of them. */
export const exportOf = (...stored: StoredRecord[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  items: stored.flatMap(toResources).map(object => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'argocd', resourceVersion: '7', uid: 'u-1' },
  })),
  metadata: { resourceVersion: '' },
});

export const asYaml = (document: unknown): string => stringify(document, { aliasDuplicateObjects: false });
