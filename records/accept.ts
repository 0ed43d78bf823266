import { acceptanceOf } from '../lib/acceptance.ts';
import type { DeploymentRecord } from '../lib/contracts/deployment-record.ts';
import { whyContradicted } from '../lib/delivery/contradicted.ts';
import { whyUnconfirmed } from '../lib/delivery/unconfirmed.ts';
import { openLedger } from '../lib/ledger/open.ts';
import { badInput } from '../lib/runtime/failure.ts';
import { noSuchRecord } from './collection.ts';

export interface Flags {
  ledger?: string;
  reason: string;
  by?: string;
}

/**
 * Lets be sent what was held back because nothing of Argo CD confirms the operation, or because the cluster runs another image. Name, reason and time become a receipt of
 * the record.
 * @returns the record with it
 * @throws Failure 2 where there is no such record, or nothing of it waits for a person to accept it
 */
export async function accept(id: string, flags: Flags, env: NodeJS.ProcessEnv): Promise<DeploymentRecord> {
  const ledger = openLedger(flags.ledger, env);
  const record = await ledger.read(id);
  if (record === null) throw noSuchRecord(id);
  const isHeld =
    whyUnconfirmed(record.deployment, record) !== null ||
    record.images.some(image => whyContradicted(id, image, record) !== null);
  if (!isHeld) throw nothingToAccept(record);
  const acceptance = await acceptanceOf(flags, flags);
  return ledger.apply(id, [{ type: 'accept', ...acceptance, at: new Date().toISOString() }]);
}

function nothingToAccept({ id, acceptances = [] }: DeploymentRecord) {
  const last = acceptances.at(-1);
  const why =
    last === undefined
      ? 'Argo CD confirms this sync, and the cluster contradicts none of its images; aftersync alerts accept closes an alert that nobody can mend'
      : `${last.by} accepted it at ${last.at}; run it again`;
  return badInput('Nothing to accept', id, why);
}
