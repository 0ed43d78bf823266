import { styled } from '../lib/output/print.ts';
import { oneLine } from '../lib/runtime/outside-text.ts';
import { count } from '../lib/wording.ts';
import type { Finding, State } from './finding.ts';

const STYLES = { ok: 'green', warning: 'yellow', problem: 'red' } as const satisfies Record<State, string>;
const WIDTH = 7;

/** One line a finding: state, check, what, and what to do. */
export function toText(findings: readonly Finding[]): string {
  const checks = Math.max(0, ...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, state, what, remedy }) => {
    const line = oneLine(remedy === null ? what : `${what}; ${remedy}`);
    return `${styled(STYLES[state], state.padEnd(WIDTH))}   ${check.padEnd(checks)}   ${line}`;
  });
  return [
    ...lines,
    `${count(numberOf(findings, 'problem'), 'problem')}, ${count(numberOf(findings, 'warning'), 'warning')}`,
  ].join('\n');
}

/** The same for a program. */
export const toDocument = (findings: readonly Finding[]) => ({
  schemaVersion: 'aftersync.doctor/v1',
  problems: numberOf(findings, 'problem'),
  warnings: numberOf(findings, 'warning'),
  findings: findings.map(finding => ({
    ...finding,
    what: oneLine(finding.what),
    remedy: finding.remedy === null ? null : oneLine(finding.remedy),
  })),
});

const numberOf = (findings: readonly Finding[], state: State): number =>
  findings.filter(finding => finding.state === state).length;
