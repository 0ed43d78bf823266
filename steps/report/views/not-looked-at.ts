import { html } from 'hono/html';
import type { FailedStep } from '../../../lib/run/failed-steps.ts';
import { type Run, valueIn } from '../../../lib/run/run.ts';
import { type Markup, section } from './markup.ts';
import { failedTable } from './missing.ts';

/** What could not be seen: the limits of everything above. Empty where there are none. */
export function notLookedAt(run: Run): Markup {
  const found = valueIn(run.imageDiff)?.notLookedAt ?? [];
  const others = otherLimits(run);
  if (found.length === 0 && others.length === 0) return html``;
  const table = html`<table>
    <caption>What was not read while images were looked for</caption>
    <thead><tr><th scope="col" class="narrow">What</th><th scope="col">Where</th><th scope="col">Why</th></tr></thead>
    <tbody>${found.map(
      ({ what, where, why }) =>
        html`<tr><th scope="row">${what.replace('-', ' ')}</th><td class="id">${where}</td><td>${why}</td></tr>`,
    )}</tbody></table>`;
  const body = html`${found.length > 0 ? table : null}${others.map(line => html`<p>${line}</p>`)}`;
  return section('not-looked-at', 'What could not be looked at', body);
}

function otherLimits(run: Run): string[] {
  const resourcesUnknown = valueIn(run.deployment)?.resourcesKnown === false;
  return [
    resourcesUnknown ? 'The resources of the sync: neither the Application nor the event still lists them.' : null,
    run.failures.state === 'unreadable' ? `The failed nodes of the Workflow: ${run.failures.why}.` : null,
  ].filter(line => line !== null);
}

/** Steps whose first attempts failed: they cost time and nothing else. Empty where there are none. */
export const repeated = (recovered: readonly FailedStep[]): Markup =>
  recovered.length === 0
    ? html``
    : section(
        'repeated',
        'Steps that were repeated',
        failedTable(recovered, 'Attempts that failed before one succeeded'),
      );
