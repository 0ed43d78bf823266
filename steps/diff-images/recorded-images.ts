import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { ImageDiff } from '../../lib/contracts/image-diff.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';

/**
 * What an earlier run found, once nothing shows the operation any more. A record holds every image that the operation left
 * running, the unchanged as well: what each was compared with then still says for which evidence is owed.
 * @returns null where the operation is still the last one, or no run has found any
 */
export async function recordedImages(
  { id, operation }: Deployment,
  ledger: Ledger | null,
): Promise<Pick<ImageDiff, 'previous' | 'images' | 'notLookedAt' | 'settle'> | null> {
  if (operation.current || ledger === null) return null;
  const images = (await ledger.read(id))?.images ?? [];
  if (images.length === 0) return null;
  const settle = { outcome: 'not-needed', detail: 'an earlier run looked, and recorded the images' } as const;
  return { previous: 'ledger', images, notLookedAt: [], settle };
}
