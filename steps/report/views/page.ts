import { html, raw } from 'hono/html';
import type { FailedStep } from '../../../lib/run/failed-steps.ts';
import type { Gap } from '../../../lib/run/gaps.ts';
import { type Run, valueIn } from '../../../lib/run/run.ts';
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
import { release } from './release.ts';
import { STYLE } from './style.ts';

export interface Page {
  run: Run;
  gaps: readonly Gap[];
  failed: readonly FailedStep[];
  recovered: readonly FailedStep[];
  verdict: Verdict;
}

/** The whole page. It must show under `default-src 'none'; style-src 'unsafe-inline'` in a frame 500 pixels high. */
export async function renderPage({ run, gaps, failed, recovered, verdict }: Page): Promise<string> {
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${titleOf(run)}: ${verdict.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${headline(run, verdict)}
${contents(run, verdict.kind === 'missing')}
<main>
${missing(gaps, failed, run.workflow)}
${shown(run.deployment, deployed)}
${shown(run.imageDiff, images)}
${shown(run.artifacts, artifacts)}
${shown(run.evidence, receipts)}
${shown(run.release, release)}
${notLookedAt(run)}
${repeated(recovered)}
</main>
</body>
</html>
`;
  return page.toString();
}

function shown<T>(part: Parameters<typeof valueIn<T>>[0], view: (value: T) => Markup): Markup | null {
  const value = valueIn(part);
  return value === null ? null : view(value);
}
