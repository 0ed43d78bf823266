import { html } from 'hono/html';
import { type Again, commandOf } from '../../../lib/run/again.ts';
import type { FailedStep } from '../../../lib/run/failed-steps.ts';
import { type Gap, isMissing } from '../../../lib/run/gaps.ts';
import { count } from '../../../lib/wording.ts';
import { badge, breakable, identifier, type Markup, orNone, section, time } from './markup.ts';

const SHOWN = 20;

/** What is missing and what to do about each. Empty where nothing is. */
export function missing(gaps: readonly Gap[], failed: readonly FailedStep[], again: Again | null): Markup {
  if (gaps.length === 0 && failed.length === 0) return html``;
  if (!isMissing(gaps, failed))
    return section(
      'missing',
      'What was stopped',
      html`${failedTable(failed, 'Steps that were stopped')}
    <p>What they had to record is recorded.</p>`,
    );
  const body = html`
    ${gaps.length > 0 ? gapList(gaps) : null}
    ${failed.length > 0 ? failedTable(failed, 'Steps that failed') : null}
    <p class="next"><strong>Then run it again.</strong> What is recorded is not sent again. In the cluster: ${
      again === null ? html`Retry on the page of the Workflow` : howAgain(again)
    }. On one machine: the command that the run printed at its end.</p>`;
  return section('missing', 'What is missing, and what to do', body);
}

const howAgain = (again: Again): Markup =>
  html`${
    again.kind === 'retry'
      ? html`Retry on the page of the Workflow`
      : html`<strong>Resubmit</strong> on the page of the Workflow (Retry would not run what was stopped)`
  }, or <code class="id">${commandOf(again)}</code>`;

function gapList(gaps: readonly Gap[]): Markup {
  const rest = gaps.slice(SHOWN);
  const items = (some: readonly Gap[]) =>
    some.map(
      ({ subject, problem, remedy }) =>
        html`<li><p><strong>${breakable(subject)}</strong> ${badge('bad', problem)}</p><p>${remedy}</p></li>`,
    );
  return html`<ul class="gaps">${items(gaps.slice(0, SHOWN))}</ul>
    ${rest.length > 0 ? html`<details><summary>${rest.length} more</summary><ul class="gaps">${items(rest)}</ul></details>` : null}`;
}

/** Steps with what they said last. */
export const failedTable = (steps: readonly FailedStep[], caption: string): Markup => html`<table>
  <caption>${caption}</caption>
  <thead><tr><th scope="col" class="narrow">Step</th><th scope="col">What it said</th><th scope="col" class="narrow">End</th></tr></thead>
  <tbody>${steps.map(
    ({ step, message, exitCode, attempts, finishedAt }) => html`<tr>
      <th scope="row">${step}</th>
      <td>${message === '' ? orNone(null, 'nothing') : message}</td>
      <td>${exitCode === null ? orNone(null, 'no exit code') : meaning(exitCode)}
        ${attempts > 1 ? html`<br>${count(attempts, 'attempt')}` : null}
        ${finishedAt === '' ? null : html`<br>${time(finishedAt)}`}</td>
    </tr>`,
  )}</tbody></table>`;

const MEANINGS: Readonly<Record<number, string>> = {
  1: 'refused or incomplete',
  2: 'bad input or configuration',
  75: 'a remote was not there, try again',
  137: 'killed, perhaps out of memory',
  143: 'stopped',
};

const meaning = (exitCode: number): Markup =>
  html`exit ${identifier(String(exitCode))} ${MEANINGS[exitCode] === undefined ? null : html`<br>${MEANINGS[exitCode]}`}`;
