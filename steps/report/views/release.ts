import { html } from 'hono/html';
import type { ReleaseReceipt } from '../../../lib/contracts/release-receipt.ts';
import { delivery, identifiers } from './delivery.ts';
import { badge, facts, identifier, linkTo, type Markup, orNone, section, type Tone, time } from './markup.ts';

const OUTCOME: Readonly<Record<ReleaseReceipt['outcome'], readonly [Tone, string]>> = {
  accepted: ['good', 'accepted'],
  duplicate: ['good', 'was recorded before'],
  rejected: ['bad', 'rejected'],
  pending: ['warn', 'not delivered yet'],
  'skipped-not-production': ['plain', 'not production, none is owed'],
  'skipped-failed-sync': ['plain', 'failed sync, none is owed'],
  'skipped-nothing-deployed': ['plain', 'nothing deployed, none is owed'],
  unconfirmed: ['bad', 'held back, not confirmed by Argo CD'],
  'no-window': ['bad', 'no ChangeWindow'],
  'window-ended': ['bad', 'ChangeWindow had ended'],
  'several-windows': ['bad', 'several ChangeWindows'],
  'window-unusable': ['bad', 'ChangeWindow cannot be used'],
};

/** The release event and the change that it belongs to. */
export function release(receipt: ReleaseReceipt, changeRequestUrl: string | null): Markup {
  const { outcome, changeRequest, window, dryRun } = receipt;
  const urlOf = (number: string) => changeRequestUrl?.replaceAll('{number}', encodeURIComponent(number)) ?? null;
  const body = html`
    ${dryRun ? html`<p>Dry run: nothing was sent.</p>` : null}
    ${facts([
      ['Outcome', html`${badge(...OUTCOME[outcome])}${delivery(receipt)}`],
      [
        'Change request',
        changeRequest === null
          ? orNone(null, 'none')
          : html`<strong>${linkTo(urlOf(changeRequest), changeRequest)}</strong>`,
      ],
      ['ChangeWindow', window === null ? orNone(null, 'none') : windowOf(window)],
      ['Identifiers', identifiers(receipt)],
    ])}`;
  return section('release', 'Release event', body);
}

const windowOf = ({ namespace, name, uid, start, end }: NonNullable<ReleaseReceipt['window']>): Markup => html`
  <strong class="id">${namespace === null ? name : `${namespace}/${name}`}</strong><br>
  ${time(start)} to ${time(end)}
  ${uid === null ? null : html`<br><span class="muted">uid</span> ${identifier(uid)}`}`;
