import { html } from 'hono/html';
import { type Run, valueIn } from '../../../lib/run/run.ts';
import type { Verdict } from '../verdict.ts';
import { type Markup, time } from './markup.ts';

const SIGNS = { recorded: '✓', 'nothing-owed': '–', 'dry-run': '–', missing: '!' } as const satisfies Record<
  Verdict['kind'],
  string
>;

/** What it is about and what it came to. */
export function headline(run: Run, { kind, title, sentences }: Verdict): Markup {
  const deployment = valueIn(run.deployment);
  return html`<header class="headline ${kind}">
    <h1>${titleOf(run)}</h1>
    <p class="verdict"><span class="sign" aria-hidden="true">${SIGNS[kind]}</span> <strong>${title}</strong></p>
    <p>${sentences.join(' ')}</p>
    <p class="origin">${
      deployment === null
        ? null
        : html`Sync <strong>${deployment.operation.phase}</strong>, started ${time(deployment.operation.startedAt)} by
          <strong>${deployment.initiator.name}</strong>.`
    }
    ${run.workflow === null ? null : html`Workflow <span class="id">${run.workflow}</span>${run.status === null ? null : html`: ${run.status}`}.`}</p>
  </header>`;
}

/** `checkout to production`; the name of the Workflow where the sync is not known. */
export function titleOf(run: Run): string {
  const deployment = valueIn(run.deployment);
  if (deployment !== null) return `${deployment.source.name} to ${deployment.targetEnvironment}`;
  return run.workflow ?? 'A sync that could not be read';
}
