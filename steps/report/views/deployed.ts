import { html } from 'hono/html';
import { type Deployment, traitsOf } from '../../../lib/contracts/deployment.ts';
import { duration } from '../../../lib/wording.ts';
import { badge, breakable, facts, identifier, link, type Markup, orNone, section, time } from './markup.ts';
import { sources } from './sources.ts';

const PHASE_TONE = { Succeeded: 'good', Failed: 'bad', Error: 'bad' } as const satisfies Record<
  Deployment['operation']['phase'],
  string
>;

/** What was deployed, by whom, when and from where. */
export function deployed(deployment: Deployment): Markup {
  const { source, operation, initiator, destination } = deployment;
  const took = duration(operation.startedAt, operation.finishedAt);
  const body = html`
    ${facts([
      [
        'Application',
        html`<strong>${source.namespace}/${source.name}</strong><br>project ${source.project}, Argo CD ${source.instance}
          ${source.url === null ? null : html`<br>${link(source.url)}`}`,
      ],
      [
        'Environment',
        html`<strong>${deployment.targetEnvironment}</strong>${deployment.production ? ', where a release event is owed' : null}<br>${whereTo(destination)}`,
      ],
      [
        'Sync',
        html`${badge(PHASE_TONE[operation.phase], operation.phase)} ${traits(deployment)}<br>recorded as ${deployment.eventStatus}
          ${operation.message === '' ? null : html`<br>${operation.message}`}`,
      ],
      [
        'Time',
        html`${time(operation.startedAt)}<br>${
          operation.finishedAt === null
            ? orNone(null, 'end not known')
            : html`to ${time(operation.finishedAt)}${took === null ? null : ` (${took})`}`
        }`,
      ],
      [
        'Initiator',
        html`<strong>${initiator.name}</strong> (${initiator.kind})<br><span class="muted">${breakable(initiator.from)}</span>`,
      ],
      ['Chart version', orNone(deployment.chartVersion, 'from no chart repository')],
      ['Health when read', orNone(deployment.health)],
      ['Source URI', link(deployment.sourceUri)],
      [
        'Operation id',
        html`${identifier(deployment.id)}<br><span class="muted">also the name of its DeploymentRecord</span>`,
      ],
    ])}
    ${sources(deployment)}`;
  return section('deployed', 'What was deployed', body);
}

function whereTo({ server, name, namespace }: Deployment['destination']): Markup {
  return html`namespace ${orNone(namespace, 'none')}, cluster ${orNone(name ?? server)}`;
}

function traits(deployment: Deployment): string {
  const { operation } = deployment;
  return [
    ...traitsOf(deployment),
    ...(operation.current ? [] : ['no longer the last sync']),
    ...(operation.applicationDeleting ? ['the Application is being deleted'] : []),
  ].join(', ');
}
