import { JET_PATHS } from '../../lib/clients/jet.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { idempotencyKeyOf, sha256Of } from '../../lib/delivery/idempotency-key.ts';
import type { PlannedDelivery } from '../../lib/ledger/change.ts';
import { releaseBodyOf } from './body.ts';
import type { ReleaseWindow, Selection } from './change-window.ts';

export const STEP = 'submit-release';
const NO_CHANGE_REQUEST = 'none';

export const releaseTargetOf = ({ url }: Configuration['jet']): string =>
  `${url.replace(/\/$/, '')}${JET_PATHS.release}`;

/** The one release event of an operation, or why there cannot be one yet. The window is frozen with it. */
export function planRelease(
  deployment: Deployment,
  selection: Selection,
  settings: Configuration['jet'],
  target: string,
): PlannedDelivery {
  if (selection.outcome !== 'chosen') return withoutBody(deployment, 'quarantined', selection.detail, target);
  const { changeRequest, window, path } = selection;
  const body = releaseBodyOf(deployment, changeRequest, settings);
  return {
    step: STEP,
    target,
    subject: deployment.id,
    reference: changeRequest,
    state: 'planned',
    body,
    bodySha256: sha256Of(body),
    idempotencyKey: idempotencyKeyOf(deployment.id, STEP, deployment.id),
    provenance: { ...toProvenance(window), changeRequest: path },
    detail: 'not sent yet',
  };
}

export const withoutBody = (
  { id }: Deployment,
  state: 'quarantined' | 'skipped',
  detail: string,
  target: string,
): PlannedDelivery => ({
  step: STEP,
  target,
  subject: id,
  reference: NO_CHANGE_REQUEST,
  state,
  body: null,
  bodySha256: null,
  idempotencyKey: null,
  provenance: {},
  detail,
});

const FIELDS = ['namespace', 'name', 'uid', 'resourceVersion', 'start', 'end'] as const;

function toProvenance(window: ReleaseWindow): Record<string, string> {
  const known = FIELDS.flatMap(field => (window[field] === null ? [] : [[`window.${field}`, window[field]]]));
  return Object.fromEntries(known);
}

/** The window that a delivery was frozen with. */
export function windowOf({ provenance }: Pick<PlannedDelivery, 'provenance'>): ReleaseWindow | null {
  const field = (name: (typeof FIELDS)[number]) => provenance[`window.${name}`] ?? null;
  const [name, start, end] = [field('name'), field('start'), field('end')];
  if (name === null || start === null || end === null) return null;
  return {
    namespace: field('namespace'),
    name,
    uid: field('uid'),
    resourceVersion: field('resourceVersion'),
    start,
    end,
  };
}
