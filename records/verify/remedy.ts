import type { Finding } from '../../lib/ledger/chain.ts';

const RESTORE =
  'compare it with a backup or the archive, restore that, and look in the audit log of the API server for who wrote it';

/** What a person does about a finding, by what it is about; the first that fits. */
const REMEDIES: readonly [applies: RegExp, remedy: string][] = [
  [/is not there|its head/, `export deploymentrecordparts as well; where it is gone, ${RESTORE}`],
  [/by the given key/, 'verify with the key that was used then'],
  [/nobody signed it/, 'records from before there was a key have no signature; otherwise restore it from a backup'],
  [
    /after the last signature/,
    'a later run signs them; where none is due, they were added by somebody without the key',
  ],
  [
    /--head/,
    'take the head of the same record from the log or the outputs of its Workflow; where it is right, restore a backup',
  ],
  [/breaks the contract/, `verify it with the version that wrote it; where that says the same, ${RESTORE}`],
  [/the deliveries say something else/, 'the columns of kubectl are wrong, the next write counts them again'],
];

export const remedyOf = ({ what }: Finding): string => REMEDIES.find(([applies]) => applies.test(what))?.[1] ?? RESTORE;

/** A finding as one line: record, receipt, path, what is wrong. */
export const lineOf = ({ record, receipt, path, what }: Finding): string =>
  [record, receipt === null ? null : `receipt ${receipt}`, path === '' ? null : path].filter(Boolean).join(', ') +
  `: ${what}`;
