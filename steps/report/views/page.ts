import { html, raw } from 'hono/html';
import { againOf } from '../../../lib/run/again.ts';
import type { FailedStep } from '../../../lib/run/failed-steps.ts';
import type { Gap } from '../../../lib/run/gaps.ts';
import { type Run, valueIn } from '../../../lib/run/run.ts';
import { withLines } from '../../../lib/runtime/outside-text.ts';
import type { Places } from '../places.ts';
import type { Verdict } from '../verdict.ts';
import { artifacts } from './artifacts.ts';
import { contents } from './contents.ts';
import { deployed } from './deployed.ts';
import { headline, titleOf } from './headline.ts';
import { images } from './images.ts';
import type { Markup } from './markup.ts';
import { missing } from './missing.ts';
import { notLookedAt, repeated } from './not-looked-at.ts';
import { receipts } from './receipts.ts';
import { record } from './record.ts';
import { release } from './release.ts';
import { STYLE } from './style.ts';

export interface Page {
  run: Run;
  gaps: readonly Gap[];
  failed: readonly FailedStep[];
  recovered: readonly FailedStep[];
  verdict: Verdict;
  places: Places;
}

/**
 * The whole page. The Argo server sends it with `sandbox allow-same-origin; default-src 'none'; style-src 'unsafe-inline'` (and
 * what is more refused still), and shows it in a frame 500 pixels high.
 */
export async function renderPage({ run, gaps, failed, recovered, verdict, places }: Page): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(run)}: ${verdict.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${headline(run, verdict)}
${contents(run, verdict.kind === 'missing')}
<main>
${missing(gaps, failed, againOf({ ...run, namespace: run.namespace ?? namespaceIn(places) }, gaps, failed))}
${shown(run.deployment, deployed)}
${shown(run.imageDiff, images)}
${shown(run.artifacts, artifacts)}
${shown(run.evidence, receipts)}
${shown(run.release, receipt => release(receipt, places.changeRequestUrl))}
${shown(run.deployment, deployment => record(run, deployment, places.records))}
${notLookedAt(run)}
${repeated(recovered)}
</main>
<footer><p>In the frame of Argo Workflows a link opens with the middle mouse button, or a click with Ctrl or Cmd.</p></footer>
</body>
</html>
`;
  return withLines(page.toString());
}

const namespaceIn = ({ records }: Places): string | null => (records?.kind === 'namespace' ? records.name : null);

function shown<T>(part: Parameters<typeof valueIn<T>>[0], view: (value: T) => Markup): Markup | null {
  const value = valueIn(part);
  return value === null ? null : view(value);
}
