import type { DeploymentRecord } from '../lib/contracts/deployment-record.ts';
import { type RecordState, summaryOf } from '../lib/contracts/deployment-record-summary.ts';
import { wholeOf } from '../lib/ledger/stored-record.ts';
import type { KeptRecord } from './collection.ts';

/** Which records are asked for; what is left out does not count. */
export interface Filter {
  /** `name`, or `namespace/name`. */
  application?: string;
  /** Of the Application. */
  namespace?: string;
  environment?: string;
  changeRequest?: string;
  /** `sha256:…`, or its first digits. */
  digest?: string;
  /** Part of a reference, such as shop/api:1.2. */
  image?: string;
  /** Synced at this time or later, milliseconds. */
  sinceMs?: number;
  /** Something is missing still. */
  incomplete?: boolean;
}

export const stateOf = (whole: DeploymentRecord): RecordState => summaryOf(whole).state ?? 'complete';

export function select(records: readonly KeptRecord[], filter: Filter): KeptRecord[] {
  return records.filter(kept => matches(wholeOf(kept), filter));
}

function matches(whole: DeploymentRecord, filter: Filter): boolean {
  const { source, operation, targetEnvironment } = whole.deployment;
  const { application, namespace, environment, changeRequest, digest, image, sinceMs, incomplete } = filter;
  const tests = [
    application === undefined || [source.name, `${source.namespace}/${source.name}`].includes(application),
    namespace === undefined || source.namespace === namespace,
    environment === undefined || targetEnvironment === environment,
    changeRequest === undefined || changeRequestOf(whole) === changeRequest,
    digest === undefined || digestsOf(whole).some(one => one.startsWith(digest.replace(/^sha256:/, ''))),
    image === undefined || referencesOf(whole).some(one => one.includes(image)),
    sinceMs === undefined || Date.parse(operation.startedAt) >= sinceMs,
    incomplete !== true || stateOf(whole) !== 'complete',
  ];
  return tests.every(Boolean);
}

/** The change request that a release event names, recorded or not. */
export const changeRequestOf = ({ deliveries }: DeploymentRecord): string | null =>
  deliveries.find(({ step, body }) => step === 'submit-release' && body !== null)?.reference ?? null;

const digestsOf = ({ images, deliveries }: DeploymentRecord): string[] =>
  [...images.map(({ digest }) => digest ?? ''), ...deliveries.map(({ subject }) => subject)].flatMap(
    text => /sha256:([0-9a-f]{64})$/.exec(text)?.[1] ?? [],
  );

const referencesOf = ({ images, deliveries }: DeploymentRecord): string[] => [
  ...images.flatMap(({ reference, registry, repository }) => [reference, `${registry}/${repository}`]),
  ...deliveries.map(({ reference }) => reference),
];
