import { diffText, manifests } from './diff-images.ts';
import type { Figure } from './figure.ts';
import { help, helpTsx } from './help.ts';
import { image } from './image.ts';
import { jfrogLookup } from './jfrog-lookup.ts';
import { notification, notificationCompact } from './notification.ts';
import { reconcile } from './reconcile.ts';
import { reconcileHostile } from './reconcile-hostile.ts';
import { report } from './report.ts';
import { script } from './script.ts';
import { start, startCluster } from './start.ts';
import { sustained } from './sustained.ts';

/** What `npm run bench` measures, in this order. */
export const FIGURES: Record<string, Figure> = {
  start,
  'start-cluster': startCluster,
  help,
  'help-tsx': helpTsx,
  notification,
  'notification-compact': notificationCompact,
  sustained,
  'diff-text': diffText,
  manifests,
  'jfrog-lookup': jfrogLookup,
  'submit-evidence': script(
    '1 000 records at 50 ms latency, 16 at a time, beside the latency alone',
    'bench/submit-evidence.ts',
    1.1,
  ),
  reconcile,
  'reconcile-hostile': reconcileHostile,
  report,
  image,
  'ledger-size': script('sizes and writes of records with 10, 200 and 2 000 artifacts', 'bench/ledger-size.ts', null),
  'ledger-growth': script('what a sync costs beside 100, 1 000 and 10 000 records', 'bench/ledger-growth.ts', null),
};
