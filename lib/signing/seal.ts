import type { KeyObject } from 'node:crypto';
import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { DeploymentStatement } from '../contracts/deployment-statement.ts';
import type { Envelope } from '../contracts/record-seal.ts';
import { signEnvelope } from './dsse.ts';
import { type ChainHead, statementOf } from './statement.ts';

/** A signature of the whole record as it is: whoever has the public key sees what was changed or taken away since. */
export const sealOf = (record: DeploymentRecord, head: ChainHead, key: KeyObject): Envelope =>
  signEnvelope('application/vnd.in-toto+json', Buffer.from(JSON.stringify(statementOf(record, head))), key);

/** What a seal says. @returns null where that is no statement of ours */
export function statementIn({ payload }: Envelope): DeploymentStatement | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
  } catch {
    return null;
  }
  const statement = DeploymentStatement.safeParse(value);
  return statement.success ? statement.data : null;
}
