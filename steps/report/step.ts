import { gapsOf } from '../../lib/run/gaps.ts';
import { ofOneOperation, type Run } from '../../lib/run/run.ts';
import type { Places } from './places.ts';
import { verdictOf } from './verdict.ts';
import { renderPage } from './views/page.ts';

/**
 * One page about a run. It reads what the other steps left and changes nothing, so running it twice gives the same page.
 * It shows what is wrong and never fails because of it.
 * @returns HTML without script, remote content and images
 */
export async function report(run: Run, places: Places): Promise<string> {
  const own = ofOneOperation(run);
  const { gaps, failed, recovered } = gapsOf(own);
  return renderPage({ run: own, gaps, failed, recovered, places, verdict: verdictOf(own, gaps, failed) });
}
