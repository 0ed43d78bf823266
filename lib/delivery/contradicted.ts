import type { DeploymentRecord } from '../contracts/deployment-record.ts';
import { contradictionOf, type DeployedImage, isContradicted } from '../contracts/image-diff.ts';
import { isAccepted } from './unconfirmed.ts';

/**
 * Why nothing may be sent for an image: the cluster runs another one in its place, and no person has accepted that.
 * @param record null where there is none yet
 * @returns one sentence with the remedy; null where it may be sent
 */
export function whyContradicted(id: string, image: DeployedImage, record: DeploymentRecord | null): string | null {
  if (!isContradicted(image) || isAccepted(record)) return null;
  return `${contradictionOf(image)} (ignoreDifferences?); let it run what was synced and sync again, or accept it with aftersync records accept ${id} --reason REASON, then retry`;
}
