import { html } from 'hono/html';
import type { Deployment } from '../../../lib/contracts/deployment.ts';
import { type Run, valueIn } from '../../../lib/run/run.ts';
import type { RecordsPlace } from '../places.ts';
import { command, identifier, type Markup, section } from './markup.ts';

/** How the record is opened: it outlives the Workflow, its artifacts and this page. */
export function record(run: Run, { id, source }: Deployment, place: RecordsPlace | null): Markup {
  const evidence = valueIn(run.evidence);
  const isWritten = evidence !== null && !evidence.dryRun;
  const body = html`
    <p>DeploymentRecord ${identifier(id)}${isWritten ? null : ', written when evidence is submitted'}.</p>
    ${place === null ? null : commands(id, `${source.namespace}/${source.name}`, place)}`;
  return section('record', 'The record of this sync', body);
}

function commands(id: string, application: string, place: RecordsPlace): Markup {
  const [before, after] = readFrom(place);
  const aftersync = (rest: string) => `${before}aftersync ${rest} ${after}`;
  const lines: readonly (readonly [what: string, line: string])[] = [
    ...(place.kind === 'namespace'
      ? ([['The resource', `kubectl -n ${word(place.name)} get deploymentrecord ${id} -o yaml`]] as const)
      : []),
    ['What happened', aftersync(`records show ${id}`)],
    ['Why each image was recorded or was not', aftersync(`explain ${id}`)],
    ['Whether it is as it was written', aftersync(`verify ${id}`)],
    ['Every sync of the application', aftersync(`records list --application ${word(application)}`)],
  ];
  return html`<dl class="commands">${lines.map(([what, line]) => html`<div><dt>${what}</dt><dd>${command(line)}</dd></div>`)}</dl>`;
}

function readFrom(place: RecordsPlace): [before: string, after: string] {
  switch (place.kind) {
    case 'namespace':
      return [`AFTERSYNC_NAMESPACE=${word(place.name)} `, '--ledger kubernetes'];
    case 'directory':
      return ['', `--ledger ${word(place.path)}`];
    case 'files':
      return ['', place.paths.map(path => `--file ${word(path)}`).join(' ')];
  }
}

/** One word of a shell, whatever is in it. */
const word = (value: string): string => (/^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);
