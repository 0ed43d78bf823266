import { describe, expect, it } from 'vitest';
import { choose } from '../../../steps/reconcile/choose.ts';
import type { Decision } from '../../../steps/reconcile/decide.ts';
import { operation, subject } from './situation.ts';

const at = (application: string, hour: number, action: 'start' | 'resume' = 'resume'): Decision => {
  const of = operation(`2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`, {
    application: subject(application, application),
  });
  return { action, operation: of, workflow: `${application}-${hour}`, why: '' };
};
const running = (application: string, hour: number): Decision => {
  const { operation: of } = at(application, hour);
  return { action: 'leave', operation: of, reason: 'in-progress', why: '' };
};
const namesOf = (decisions: readonly Decision[], maxStarts = 10) =>
  choose(decisions, maxStarts).chosen.map(({ workflow }) => workflow);
const reasonsOf = (decisions: readonly Decision[], maxStarts = 10) =>
  choose(decisions, maxStarts).left.map(left => left.action === 'leave' && left.reason);

describe('choose', () => {
  it('takes the oldest of each Application in turn', () => {
    const decisions = [at('a', 3), at('a', 1), at('a', 2), at('b', 5), at('c', 4), at('b', 6)];
    expect(namesOf(decisions)).toEqual(['a-1', 'c-4', 'b-5', 'a-2', 'b-6', 'a-3']);
    expect(namesOf(decisions, 4)).toEqual(['a-1', 'c-4', 'b-5', 'a-2']);
  });

  it('says what is left for the next run', () => {
    expect(reasonsOf([at('a', 1), at('a', 2), at('b', 3)], 1)).toEqual(['limit', 'limit']);
  });

  it('starts one operation of an Application at a time, because the next is compared with it', () => {
    const decisions = [at('a', 2, 'start'), at('a', 1, 'start'), at('b', 3, 'start')];
    expect(namesOf(decisions)).toEqual(['a-1', 'b-3']);
    expect(reasonsOf(decisions)).toEqual(['after-earlier']);
  });

  it('waits for an earlier one that is in progress, and not for a later one', () => {
    expect(namesOf([running('a', 1), at('a', 2, 'start')])).toEqual([]);
    expect(namesOf([running('a', 3), at('a', 2, 'start')])).toEqual(['a-2']);
  });

  it('resumes several of one Application: what they are compared with is decided', () => {
    expect(namesOf([at('a', 1, 'start'), at('a', 2), at('a', 3)])).toEqual(['a-1', 'a-2', 'a-3']);
  });
});
