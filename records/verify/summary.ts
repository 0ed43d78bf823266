import type { Finding } from '../../lib/ledger/chain.ts';
import { styled } from '../../lib/output/print.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { lineOf, remedyOf } from './remedy.ts';
import type { Verification, Verified } from './verify.ts';

/** What was found, for a person: one line for each record that is not simply right, and the counts. */
export function summaryLines(verification: Verification): string[] {
  const { records, findings, absent } = verification;
  return [
    ...findings.flatMap(broken),
    ...records.flatMap(record => linesOf(record, records.length === 1)),
    ...absent.map(({ id, knownBy }) =>
      oneLine(`not here  ${id}, which ${knownBy} knows as the one before: archived, or deleted`),
    ),
    counts(verification),
  ];
}

const broken = (finding: Finding): string[] => [
  `${styled('red', 'does not hold')}  ${oneLine(lineOf(finding))}`,
  `  ${remedyOf(finding)}`,
];

function linesOf(record: Verified, alone: boolean): string[] {
  const { id, holds, findings, sending, chainedSince } = record;
  const notes = [
    ...sending.map(({ subject, since }) => `in progress  ${id}: ${subject} is being sent since ${since}`),
    // Of all, they are counted.
    ...(chainedSince === null && alone ? [`not chained  ${id}: older than the receipts, nothing vouches for it`] : []),
  ];
  const right = alone && holds && chainedSince !== null ? [held(record)] : [];
  return [...findings.flatMap(broken), ...notes.map(note => oneLine(note)), ...right];
}

function held({ id, receipts, chainedSince, adopted, head, signedTo }: Verified): string {
  const since = adopted ? `chained since ${chainedSince}, when it was already there` : `chained since ${chainedSince}`;
  const signed = signedTo === null ? [] : [`signed up to receipt ${signedTo}`];
  return `${styled('green', 'holds')}  ${[`${id}: ${receipts} receipts`, since, ...signed, `head ${head}`].join(', ')}`;
}

function counts({ records, findings }: Verification): string {
  const count = (which: (record: Verified) => boolean) => records.filter(which).length;
  const unchained = count(({ chainedSince, holds }) => chainedSince === null && holds);
  const wrong = new Set([...findings, ...records.flatMap(one => one.findings)].map(({ record }) => record)).size;
  const since = records.flatMap(({ chainedSince }) => chainedSince ?? []).sort()[0];
  const parts = [
    `${count(({ holds }) => holds) - unchained} hold`,
    `${wrong} do not`,
    `${count(({ sending }) => sending.length > 0)} in progress`,
    `${unchained} older than the receipts`,
  ];
  return `${records.length} ${records.length === 1 ? 'record' : 'records'}: ${parts.join(', ')}${since === undefined ? '' : `; chained since ${since}`}`;
}
