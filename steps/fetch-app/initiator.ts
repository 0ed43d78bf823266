import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import type { InitiatedBy } from './application.ts';

const MAX_NAME = 256;
/** ApplicationSet's progressive sync signs with its own name. */
const CONTROLLERS = new Set(['applicationset-controller']);

/** Who started a sync. Argo CD names no user for an automated sync, and nobody for one made with kubectl. */
export function toInitiator(
  initiatedBy: InitiatedBy,
  field: string,
  { automatedInitiator, unknownInitiator }: Configuration['evidence'],
): Deployment['initiator'] {
  const name = oneLine(initiatedBy?.username ?? '', { maxLength: MAX_NAME });
  const byController = initiatedBy?.automated === true && CONTROLLERS.has(name);
  if (name !== '') return { name, kind: byController ? 'automated' : 'user', from: `${field}.username` };
  return initiatedBy?.automated
    ? { name: automatedInitiator, kind: 'automated', from: 'evidence.automatedInitiator' }
    : { name: unknownInitiator, kind: 'unknown', from: 'evidence.unknownInitiator' };
}
