import { html } from 'hono/html';
import {
  type Artifact,
  type ArtifactSet,
  METADATA_FIELDS,
  type MetadataField,
} from '../../../lib/contracts/artifact-set.ts';
import { badge, breakable, identifier, linkTo, type Markup, orNone, section, type Tone } from './markup.ts';

const OUTCOME = {
  incomplete: ['bad', 'incomplete'],
  'not-found': ['bad', 'not found in Artifactory'],
  'not-looked-up': ['bad', 'not looked up'],
  resolved: ['good', 'every field found'],
  'third-party': ['plain', 'third party, nothing owed'],
} as const satisfies Record<Artifact['outcome'], readonly [Tone, string]>;

/** The others have none at all. */
const HAS_FIELDS: ReadonlySet<Artifact['outcome']> = new Set(['resolved', 'incomplete']);

const ORDER = Object.keys(OUTCOME);

/** The folder of the image as Artifactory lists it: a location starts with the context path of the REST base. */
function locationUrl(artifactory: string | null, location: string): string | null {
  const path = /^artifactory\/(.+)$/.exec(location)?.[1];
  if (artifactory === null || path === undefined) return null;
  return `${artifactory}/${path.split('/').map(encodeURIComponent).join('/')}/`;
}

/** From this many on, the artifacts that need nobody are folded, so that the others are found. */
const FOLDED_FROM = 12;

/** Each artifact with every field of its evidence and where the field came from; what needs a person first. */
export function artifacts({ artifacts: all, unchanged, artifactory = null }: ArtifactSet): Markup {
  const sorted = [...all].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));
  const folded = sorted.length >= FOLDED_FROM;
  const body = html`
    ${unchanged.length > 0 ? html`<p>${unchanged.length} unchanged, for which nothing is owed.</p>` : null}
    ${all.length === 0 ? html`<p>No artifacts.</p>` : null}
    <div class="artifacts${folded ? ' long' : ''}">${sorted.map(artifact => one(artifact, artifactory, !folded || OUTCOME[artifact.outcome][0] === 'bad'))}</div>`;
  return section('artifacts', `Artifacts and their metadata (${all.length})`, body);
}

const one = (artifact: Artifact, artifactory: string | null, open: boolean): Markup => {
  const [tone, words] = OUTCOME[artifact.outcome];
  return html`<details class="artifact" ${open ? html`open` : null}>
    <summary><h3>${breakable(artifact.image.reference)}</h3> ${badge(tone, words)}</summary>
    ${artifact.outcome === 'resolved' ? null : html`<p>${artifact.detail}</p>`}
    ${HAS_FIELDS.has(artifact.outcome) ? fields(artifact, artifactory) : null}
  </details>`;
};

const fields = (artifact: Artifact, artifactory: string | null): Markup => html`<table class="fields">
  <caption class="unseen">Metadata of ${artifact.image.reference}</caption>
  <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Where from</th></tr></thead>
  <tbody>${METADATA_FIELDS.map(field => row(field, artifact, artifactory))}</tbody></table>`;

function row(field: MetadataField, { metadata, fieldSources, missing }: Artifact, artifactory: string | null): Markup {
  const value = metadata[field];
  const from = fieldSources[field];
  const isMissing = missing.includes(field);
  return html`<tr ${isMissing ? html`class="lacking"` : null}>
    <th scope="row">${field}</th>
    <td>${value === null ? (isMissing ? badge('bad', 'missing') : orNone(null, 'none')) : field === 'artifactLocation' ? html`<code>${linkTo(locationUrl(artifactory, String(value)), String(value))}</code>` : identifier(String(value))}</td>
    <td>${from === undefined ? orNone(null, isMissing ? 'nothing gave it' : '') : breakable(from)}</td>
  </tr>`;
}
