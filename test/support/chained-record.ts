import type { Change } from '../../lib/ledger/change.ts';
import { MAX_ENTRIES } from '../../lib/ledger/part.ts';
import { deploymentOf, evidenceOf } from './deployment.ts';
import { anImage } from './evidence.ts';

export const ID = '5f2d8c0a1b3e4976';
const at = '2026-11-20T10:01:00.000Z';
const step = 'submit-evidence' as const;

export const claimOf = (
  subject: string,
  owner = 'run-1/a',
  over: { at?: string; keyHonoured?: boolean } = {},
): Change => ({
  type: 'claim',
  at: over.at ?? at,
  step,
  subject,
  owner,
  leaseUntil: '2026-11-20T10:02:00.000Z',
  keyHonoured: over.keyHonoured ?? true,
});

export const resultOf = (subject: string, state: 'accepted' | 'rejected' | 'uncertain', owner = 'run-1/a'): Change => ({
  type: 'result',
  at: '2026-11-20T10:01:01.000Z',
  step,
  subject,
  owner,
  keyHonoured: true,
  result: { state, httpStatus: 201, responseId: 'jet-1', detail: 'the store answered', attempts: 1, repeats: 0 },
});

export const openingOf = (run: string, previous: Extract<Change, { type: 'open' }>['previous'] = null): Change => ({
  type: 'open',
  at,
  run,
  deployment: deploymentOf(ID),
  previous,
});

/** A plan of one artifact for each name. */
export const planOf = (...names: string[]): Change => ({
  type: 'plan',
  at,
  step,
  artifacts: 'known',
  images: names.map(name => anImage(name)),
  deliveries: names.map(name => evidenceOf(subjectOf(name))),
});

export const subjectOf = (name: string): string => {
  const { registry, repository, digest } = anImage(name);
  return `${registry}/${repository}@${digest}`;
};

/** The life of a record that is at rest: three artifacts in three states, two runs, a record before it. */
export const LIFE: readonly Change[] = [
  openingOf('run-1', { id: '0123456789abcdef', head: 'd'.repeat(64) }),
  planOf('api', 'web', 'job'),
  claimOf(subjectOf('api')),
  claimOf(subjectOf('web')),
  resultOf(subjectOf('api'), 'accepted'),
  resultOf(subjectOf('web'), 'rejected'),
  openingOf('run-2'),
];

/** Names of artifacts enough for two parts. */
export const MANY = Array.from({ length: MAX_ENTRIES + 1 }, (_, index) => `image-${index}`);
