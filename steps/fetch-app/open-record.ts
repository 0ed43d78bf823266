import { refuseWhatLeft } from '../../lib/archive/left-before.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { refused } from '../../lib/runtime/failure.ts';

/** What the configuration decides of a deployment: evidence must say the same as its record. */
const DECIDED = ['targetEnvironment', 'production', 'sourceUri'] as const;

/**
 * Opens the record of the operation, so that whatever fails from here on is missing in it. A run counts once, whichever of its
 * steps opens it.
 * @param at RFC 3339, now
 * @throws Failure 1 where the record may have left the cluster, or was opened under another configuration
 */
export async function openRecord(
  ledger: Ledger,
  deployment: Deployment,
  config: Configuration,
  { run, at }: { run: string; at: string },
): Promise<void> {
  await refuseWhatLeft(ledger, deployment, config, at);
  const record = await ledger.apply(deployment.id, [{ type: 'open', at, deployment, run }]);
  const field = DECIDED.find(name => record.deployment[name] !== deployment[name]);
  if (field === undefined) return;
  const before = String(record.deployment[field]);
  const isSent = record.deliveries.some(({ attempts }) => attempts > 0);
  throw refused(
    'Record was opened under another configuration',
    `${deployment.id}: ${field} is ${before} there, and ${deployment[field]} now`,
    isSent
      ? 'evidence of it was sent so: correct the configuration back'
      : `correct the configuration, or delete the record (kubectl delete deploymentrecord ${deployment.id}), of which nothing was sent; then retry`,
  );
}
