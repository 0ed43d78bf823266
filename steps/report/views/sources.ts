import { html } from 'hono/html';
import type { Deployment, DeploymentSource } from '../../../lib/contracts/deployment.ts';
import { identifier, link, type Markup, orNone } from './markup.ts';

/** Where the manifests came from, with the revision before. */
export function sources({ sources, previous }: Deployment): Markup {
  const before = previous?.revisions ?? [];
  return html`<table>
    <caption>Sources of the manifests</caption>
    <thead><tr><th scope="col">Source</th><th scope="col" class="narrow">Asked for</th><th scope="col">Revision</th></tr></thead>
    <tbody>${sources.map(
      (source, index) => html`<tr>
        <th scope="row">${link(source.repoURL)}<br><span class="muted">${partOf(source)}</span>${parameters(source)}</th>
        <td>${orNone(source.targetRevision, 'default')}</td>
        <td>${source.revision === null ? orNone(null) : identifier(source.revision)}<br>
          <span class="muted">${comparedWith(source.revision, before[index], previous !== null)}</span></td>
      </tr>`,
    )}</tbody></table>`;
}

function partOf({ chart, path, ref }: DeploymentSource): string {
  const parts = [chart && `chart ${chart}`, path && `path ${path}`, ref && `used as $${ref}`].filter(Boolean);
  return parts.join(', ');
}

const parameters = ({ helmParameters }: DeploymentSource): Markup[] =>
  helmParameters.map(({ name, value }) => html`<br><span class="muted">${name} = ${value}</span>`);

function comparedWith(revision: string | null, before: string | undefined, known: boolean): Markup {
  if (before === undefined) return html`${known ? 'no revision before' : 'before: not known'}`;
  return before === revision ? html`as before` : html`before: <span class="id">${before}</span>`;
}
