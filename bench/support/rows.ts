import type { Row } from '../figure.ts';
import { median, pairedRatio } from '../statistics.ts';
import { mebibytes, milliseconds } from '../table.ts';
import type { Taken } from './run.ts';

/** @param ratio at most this many times the time of the reference @param mib peak memory at most; nothing is asked without it */
export function compared(
  what: string,
  [ours, reference]: readonly [readonly Taken[], readonly Taken[]],
  target: { ratio: number; mib?: number },
): Row {
  const of = (taken: readonly Taken[], field: keyof Taken) => taken.map(one => one[field]);
  const ratio = pairedRatio(of(ours, 'ms'), of(reference, 'ms'));
  const cpu = pairedRatio(of(ours, 'cpuMs'), of(reference, 'cpuMs'));
  const mib = median(of(ours, 'mib'));
  const within = target.mib === undefined || mib <= target.mib;
  return {
    what,
    ours: `${milliseconds(median(of(ours, 'ms')))}, ${mebibytes(mib)}; processor ${milliseconds(median(of(ours, 'cpuMs')))}`,
    reference: `${milliseconds(median(of(reference, 'ms')))}; processor ${milliseconds(median(of(reference, 'cpuMs')))} (${cpu.toFixed(2)} x)`,
    ratio,
    target: `<= ${target.ratio} x${target.mib === undefined ? '' : `, <= ${target.mib} MiB`}`,
    holds: ratio <= target.ratio && within,
  };
}
