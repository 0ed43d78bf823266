import { whoAmI } from './clients/kubernetes-identity.ts';
import type { RecordAcceptance } from './contracts/deployment-record.ts';
import { badInput } from './runtime/failure.ts';

/**
 * What a person signs with: the name, who the API server says that is, and why.
 * @param given of --by and --reason
 * @throws Failure 2 where nothing tells the name, or no reason is given
 */
export async function acceptanceOf(
  given: { by?: string; reason: string },
  { ledger }: { ledger?: string },
): Promise<Omit<RecordAcceptance, 'at'>> {
  const identity = ledger === 'kubernetes' ? await whoAmI() : null;
  const by = given.by ?? identity;
  if (by === null) throw badInput('Who accepts it', '--by', 'give your name: nothing here tells it');
  if (given.reason.trim() === '') throw badInput('No reason', '--reason', 'say why');
  return { by, identity, reason: given.reason };
}
