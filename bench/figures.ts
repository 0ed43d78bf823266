import { diffText, manifests } from './diff-images.ts';
import type { Figure } from './figure.ts';
import { help, helpTsx } from './help.ts';
import { image } from './image.ts';
import { jfrogLookup } from './jfrog-lookup.ts';
import { reconcile } from './reconcile.ts';
import { report } from './report.ts';
import { start, startCluster } from './start.ts';

/** What `npm run bench` measures, in this order. */
export const FIGURES: Record<string, Figure> = {
  start,
  'start-cluster': startCluster,
  help,
  'help-tsx': helpTsx,
  'diff-text': diffText,
  manifests,
  'jfrog-lookup': jfrogLookup,
  reconcile,
  report,
  image,
};
