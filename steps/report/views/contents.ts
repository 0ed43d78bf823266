import { html } from 'hono/html';
import type { Run } from '../../../lib/run/run.ts';
import type { Markup } from './markup.ts';

/** Links within the page: in the Argo Workflows page it stands in a frame of 500 pixels. */
export function contents(run: Run, isMissing: boolean): Markup {
  const sections: readonly (readonly [shown: boolean, id: string, title: string])[] = [
    [isMissing, 'missing', 'What is missing'],
    [run.deployment.state === 'read', 'deployed', 'Deployed'],
    [run.imageDiff.state === 'read', 'images', 'Images'],
    [run.artifacts.state === 'read', 'artifacts', 'Artifacts'],
    [run.evidence.state === 'read', 'recorded', 'Recorded'],
    [run.release.state === 'read', 'release', 'Release event'],
    [run.deployment.state === 'read', 'record', 'Record'],
  ];
  const shown = sections.filter(([isShown]) => isShown);
  if (shown.length < 2) return html``;
  return html`<nav aria-label="Sections"><ul>${shown.map(
    ([, id, title]) => html`<li><a href="#${id}">${title}</a></li>`,
  )}</ul></nav>`;
}
