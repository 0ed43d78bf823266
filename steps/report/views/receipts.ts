import { html } from 'hono/html';
import type { EvidenceOutcome, EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { delivery, identifiers } from './delivery.ts';
import { longTable } from './long-table.ts';
import { badge, breakable, identifier, type Markup, section, type Tone } from './markup.ts';

const OUTCOME: Readonly<Record<EvidenceOutcome, readonly [Tone, string]>> = {
  accepted: ['good', 'accepted'],
  duplicate: ['good', 'was recorded before'],
  rejected: ['bad', 'rejected'],
  quarantined: ['bad', 'held back'],
  pending: ['warn', 'not delivered yet'],
  skipped: ['plain', 'nothing owed'],
};

const ORDER: readonly EvidenceOutcome[] = ['rejected', 'quarantined', 'pending', 'accepted', 'duplicate', 'skipped'];

/** What the evidence store answered for each artifact. */
export function receipts({ receipts: all, dryRun }: EvidenceReceipts): Markup {
  const sorted = [...all].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  const table = longTable(
    'One evidence record for each artifact',
    html`<tr><th scope="col">Artifact</th><th scope="col" class="outcome">Outcome</th><th scope="col">Identifiers</th></tr>`,
    sorted.map(
      receipt => html`<tr>
        <th scope="row">${identifier(receipt.subject)}${
          receipt.subject === receipt.reference
            ? null
            : html`<br><span class="muted">${breakable(receipt.reference)}</span>`
        }</th>
        <td>${badge(...OUTCOME[receipt.outcome])}${delivery(receipt)}</td>
        <td>${identifiers(receipt)}</td>
      </tr>`,
    ),
  );
  const body = html`
    ${dryRun ? html`<p>Dry run: this is what a real run would send.</p>` : null}
    ${all.length === 0 ? html`<p>No evidence was owed.</p>` : table}`;
  return section('recorded', `What was recorded (${all.length})`, body);
}
