import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { applyChange } from '../../lib/ledger/record.ts';
import { deploymentOf } from './deployment.ts';
import { anImage } from './evidence.ts';

export const RECORD_ID = '3f1c9a0b7d2e4f68';
export const HEAD = { sequence: 3, head: 'c'.repeat(64) };

/** A record of two images, of which one has no known digest. */
export function aRecord(
  images = [anImage('api'), anImage('web', { digest: null, digestFrom: null })],
): DeploymentRecord {
  const at = '2026-11-20T10:01:00Z';
  const changes: Change[] = [
    { type: 'open', at, deployment: deploymentOf(RECORD_ID), run: 'run-1' },
    { type: 'plan', at, step: 'submit-evidence', images, deliveries: [] },
  ];
  const record = changes.reduce<DeploymentRecord | null>(applyChange, null);
  if (record === null) throw new Error('no record');
  return record;
}
