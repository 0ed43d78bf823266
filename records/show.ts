import { type Deployment, isConfirmed, traitsOf } from '../lib/contracts/deployment.ts';
import type { Delivery } from '../lib/contracts/deployment-record.ts';
import { type DeployedImage, isImageReference } from '../lib/contracts/image-diff.ts';
import { chainedSince } from '../lib/ledger/chain.ts';
import { wholeOf } from '../lib/ledger/stored-record.ts';
import { textTable } from '../lib/output/text-table.ts';
import { oneLine } from '../lib/runtime/outside-text.ts';
import type { KeptRecord } from './collection.ts';
import { changeRequestOf, stateOf } from './filter.ts';

/** One record for a person: what was deployed, by whom, when, and what became of its evidence. */
export function showOf(kept: KeptRecord): string {
  const whole = wholeOf(kept);
  const {
    deployment,
    previous,
    runs,
    openedBy = [],
    seals = [],
    acceptances = [],
    notLookedAt = [],
    receipts,
    head,
  } = whole;
  const { source, operation, initiator, sources } = deployment;
  const since = chainedSince(kept);
  const facts: [string, string | null][] = [
    ['Record', whole.id],
    ['Application', `${source.namespace}/${source.name} (project ${source.project}, Argo CD ${source.instance})`],
    ['Page', source.url],
    ['Environment', deployment.targetEnvironment],
    ['Phase', `${operation.phase}: ${operation.message}`],
    ['Kind', traitsOf(deployment).join(', ') || null],
    ['Started', operation.startedAt],
    ['Finished', operation.finishedAt],
    ['Initiator', `${initiator.name} (${initiator.kind})`],
    ['Confirmed', confirmation(deployment)],
    ...acceptances.map(({ by, at, reason }): [string, string] => ['Accepted', `by ${by} at ${at}: ${reason}`]),
    ['Change', changeRequestOf(whole)],
    ...sources.map(({ repoURL, revision }): [string, string] => ['Revision', `${revision ?? 'unknown'} of ${repoURL}`]),
    ...notLookedAt.map(({ where, why }): [string, string] => ['Not looked at', `${where}: ${why}`]),
    ['State', stateOf(whole)],
    ['Runs', [String(runs), ...openedBy].join(' ')],
    ['Before', previous?.id ?? null],
    ['Chain', since === null ? 'none' : `${receipts?.length} receipts since ${since.at}, ${seals.length} signatures`],
    ['Head', head ?? null],
  ];
  const width = Math.max(...facts.map(([title]) => title.length));
  const lines = facts.flatMap(([title, text]) =>
    text === null ? [] : [`${`${title}:`.padEnd(width + 2)}${oneLine(text)}`],
  );
  return [...lines, '', imagesTable(whole.images), '', deliveriesTable(whole.deliveries)].join('\n');
}

/** Only where nothing of Argo CD confirms it. */
const confirmation = (deployment: Deployment): string | null =>
  isConfirmed(deployment)
    ? null
    : `not by Argo CD: ${deployment.operation.unconfirmedBecause ?? 'only the notification tells of it'}`;

const imagesTable = (images: readonly DeployedImage[]): string =>
  textTable(
    ['IMAGE', 'CHANGE', 'DIGEST', 'FROM'],
    images.map(image => [
      isImageReference(image) ? image.reference : `${image.reference} (no image reference)`,
      image.change,
      image.digest ?? '',
      image.digestFrom ?? '',
    ]),
  );

const deliveriesTable = (deliveries: readonly Delivery[]): string =>
  textTable(
    ['DELIVERY', 'SUBJECT', 'STATE', 'STATUS', 'AT', 'RESPONSE'],
    deliveries.map(({ step, subject, state, httpStatus, updatedAt, responseId, possibleDuplicate }) => [
      step.replace('submit-', ''),
      subject,
      possibleDuplicate ? `${state} (maybe twice)` : state,
      httpStatus === null ? '' : String(httpStatus),
      updatedAt,
      responseId ?? '',
    ]),
  );
