import type { Decision, Reason } from './decide.ts';
import { millis, type Operation } from './operation.ts';

/** What says nothing about the others of its Application; it is most of what there is. */
const DONE: readonly Reason[] = ['complete', 'too-old'];

type Start = Extract<Decision, { action: 'start' | 'resume' }>;

/**
 * Which of the decisions are carried out in this run: the oldest of each Application in turn, so that one with a long history
 * does not hold up the others, and at most `maxStarts`. An operation without record waits for an earlier one of its
 * Application that has none either, because it is compared with it.
 */
export function choose(decisions: readonly Decision[], maxStarts: number): { chosen: Start[]; left: Decision[] } {
  const isDone = (decision: Decision) => decision.action === 'leave' && DONE.includes(decision.reason);
  const left = decisions.filter(isDone);
  const ordered = decisions
    .filter(decision => !isDone(decision))
    .map(decision => ({ decision, at: millis(decision.operation.startedAt) }))
    .sort((a, b) => a.at - b.at);
  const queues = new Map<string, Start[]>();
  const unrecorded = new Set<string>();
  for (const { decision } of ordered) {
    const key = keyOf(decision.operation);
    const { operation } = decision;
    const isUnrecorded =
      decision.action === 'start' || (decision.action === 'leave' && decision.reason === 'in-progress');
    if (decision.action === 'leave') left.push(decision);
    else if (decision.action === 'start' && unrecorded.has(key))
      left.push({
        action: 'leave',
        operation,
        reason: 'after-earlier',
        why: 'an earlier one of the Application comes first',
      });
    else queues.set(key, [...(queues.get(key) ?? []), decision]);
    if (isUnrecorded) unrecorded.add(key);
  }
  const chosen: Start[] = [];
  const waiting = [...queues.values()];
  for (let round = 0; chosen.length < maxStarts && waiting.some(queue => queue[round] !== undefined); round += 1)
    for (const queue of waiting) {
      const next = queue[round];
      if (next !== undefined && chosen.length < maxStarts) chosen.push(next);
    }
  for (const queue of waiting)
    for (const one of queue)
      if (!chosen.includes(one))
        left.push({ action: 'leave', operation: one.operation, reason: 'limit', why: 'this run has started enough' });
  return { chosen, left };
}

const keyOf = ({ application: { namespace, name } }: Operation): string => `${namespace}/${name}`;
