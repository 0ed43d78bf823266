import type { Deployment } from './deployment.ts';
import type { ImageDiff } from './image-diff.ts';

export type NotLookedAt = ImageDiff['notLookedAt'][number];

type Operation = Pick<Deployment, 'disposition' | 'eventStatus'>;

/**
 * What keeps the images of an operation from being all known; none where they are. No images is a result only where somebody
 * looked and saw nothing that could be one, and a right that is missing is something missing. Of a failed operation that names some images no more can be known.
 */
export function unknownImages(
  { disposition, eventStatus }: Operation,
  { images, notLookedAt }: Pick<ImageDiff, 'images' | 'notLookedAt'>,
): NotLookedAt[] {
  if (disposition === 'skip') return [];
  const isTold = eventStatus === 'FAILED' && images.length > 0;
  return notLookedAt.filter(
    ({ what, remedy }) =>
      remedy !== undefined ||
      (!isTold &&
        (what === 'operation' ||
          what === 'resource' ||
          (what === 'field' && images.length === 0 && eventStatus === 'SUCCESS'))),
  );
}

/**
 * Those that a run may still find out: the steps fail until one has. Of a failed operation only a right that is missing is such
 * a thing, and of one that is over and of which nothing was kept, nothing is.
 */
export const findable = (
  unknown: readonly NotLookedAt[],
  { eventStatus, operation }: Pick<Deployment, 'eventStatus' | 'operation'>,
): NotLookedAt[] =>
  unknown.filter(
    ({ what, remedy }) =>
      remedy !== undefined || (eventStatus === 'SUCCESS' && !(what === 'operation' && !operation.current)),
  );
