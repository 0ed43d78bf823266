import { html } from 'hono/html';
import type { DeployedImage, ImageDiff, Workload } from '../../../lib/contracts/image-diff.ts';
import { longTable } from './long-table.ts';
import { badge, breakable, identifier, type Markup, orNone, section, type Tone } from './markup.ts';

const CHANGE_TONE = { added: 'good', updated: 'good', unchanged: 'plain' } as const satisfies Record<
  DeployedImage['change'],
  Tone
>;

const DIGEST_FROM = {
  reference: 'from the reference',
  pod: 'from a running pod',
  registry: 'from the registry',
} as const satisfies Record<NonNullable<DeployedImage['digestFrom']>, string>;

const COMPARED_WITH = {
  ledger: 'the record of the sync before',
  strategy: 'what the strategy shows',
  unknown: 'nothing, it is the first sync seen',
} as const satisfies Record<ImageDiff['previous'], string>;

const SETTLED = {
  settled: 'had settled when digests were read',
  'timed-out': 'had not settled in time, so pods were not asked for digests',
  'not-needed': 'did not have to settle',
  'not-possible': 'could not be asked for digests',
} as const satisfies Record<ImageDiff['settle']['outcome'], string>;

/** Which images the sync deployed, where they run and what ran there before. */
export function images(diff: ImageDiff): Markup {
  const body = html`
    <p>Found by <strong>${diff.strategy.name}</strong> (${diff.strategy.why}), compared with ${COMPARED_WITH[diff.previous]}.
    ${diff.all ? 'Evidence is owed for every image.' : 'Evidence is owed for every image that changed.'}
    Workloads ${SETTLED[diff.settle.outcome]}: ${diff.settle.detail}.</p>
    ${diff.images.length === 0 ? html`<p>No images.</p>` : table(diff.images)}`;
  return section('images', `Images (${diff.images.length})`, body);
}

const table = (found: readonly DeployedImage[]): Markup =>
  longTable(
    'Images, changed ones first',
    html`<tr><th scope="col">Image</th><th scope="col" class="change">Change</th><th scope="col">Runs in</th></tr>`,
    changedFirst(found).map(
      image => html`<tr>
        <th scope="row">${breakable(image.reference)}<br>${digestOf(image)}</th>
        <td>${badge(CHANGE_TONE[image.change], image.change)}${previous(image)}</td>
        <td><ul class="plain">${image.workloads.map(workload => html`<li>${where(workload)}</li>`)}</ul></td>
      </tr>`,
    ),
  );

const changedFirst = (found: readonly DeployedImage[]): DeployedImage[] => [
  ...found.filter(({ change }) => change !== 'unchanged'),
  ...found.filter(({ change }) => change === 'unchanged'),
];

const digestOf = ({ digest, digestFrom }: DeployedImage): Markup =>
  digest === null
    ? orNone(null, 'digest not known')
    : html`${identifier(digest)} <span class="muted">${digestFrom === null ? null : DIGEST_FROM[digestFrom]}</span>`;

const previous = ({ change, previousReferences }: DeployedImage): Markup | null =>
  change !== 'updated' || previousReferences.length === 0
    ? null
    : html`<br><span class="muted">before: ${previousReferences.map(reference => html`${breakable(reference)} `)}</span>`;

const CONTAINER_TYPE = {
  container: 'container',
  initContainer: 'init container',
  ephemeralContainer: 'ephemeral container',
  imageVolume: 'volume',
  unknown: 'container',
} as const satisfies Record<Workload['containerType'], string>;

function where({ kind, namespace, name, container, containerType, hookType }: Workload): Markup {
  const inside = container === null ? '' : `, ${CONTAINER_TYPE[containerType]} ${container}`;
  return html`${kind} ${breakable(namespace === '' ? name : `${namespace}/${name}`)}${inside}${
    hookType === null ? null : html` <span class="muted">(${hookType} hook)</span>`
  }`;
}
