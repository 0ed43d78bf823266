import type { DeployedImage } from '../contracts/image-diff.ts';
import { globMatches } from '../glob.ts';

/** The configured glob that says that an image is not ours. */
export const thirdPartyGlob = (image: DeployedImage, globs: readonly string[]): string | undefined =>
  globs.find(glob => globMatches(glob, `${image.registry}/${image.repository}`));
