import { describe, expect, it } from 'vitest';
import type { ApplicationEvents } from '../../../lib/argocd/controller-events.ts';
import { lostOperations } from '../../../steps/reconcile/lost-operations.ts';
import type { Operation } from '../../../steps/reconcile/operation.ts';
import { completed, idAt, known, operation, started } from './situation.ts';

const at = (time: string) => `2026-11-20T${time}Z`;
const nothingKnown = () => false;
const lost = (
  operations: Operation[],
  events: Partial<ApplicationEvents>,
  isKnown = nothingKnown as Parameters<typeof lostOperations>[2],
) => lostOperations(known(operations), { completed: [], started: [], ...events }, isKnown);
const times = (found: Operation[]) => found.map(({ startedAt, finishedAt }) => [startedAt, finishedAt]);

describe('lostOperations', () => {
  const current = operation(at('10:10:00'), { finishedAt: at('10:10:04'), from: 'application' });

  it('finds a failed operation that the next one has overwritten', () => {
    const found = lost([current], {
      completed: [completed(at('10:00:03')), completed(at('10:10:04'), { succeeded: true })],
      started: [started(at('10:00:01'), { username: 'ada' }), started(at('10:10:00'))],
    });
    expect(times(found)).toEqual([[at('10:00:01'), at('10:00:03')]]);
    expect(found[0]).toMatchObject({
      id: idAt(at('10:00:01')),
      succeeded: false,
      from: 'events',
      completed: { message: 'it failed', initiatedBy: { username: 'ada' } },
    });
  });

  it('looks at an hour at most, whatever times somebody writes into Events', () => {
    const asked: string[] = [];
    const events = {
      completed: [completed('1970-01-01T00:00:00Z'), completed('2999-01-01T00:00:00Z')],
      started: [started('1980-01-01T00:00:00Z')],
    };
    const found = lost([current], events, id => asked.push(id) < 0);
    expect(found).toHaveLength(2);
    expect(asked.length).toBeLessThanOrEqual(2 * 3602);
    asked.length = 0;
    lost([current], { completed: events.completed }, id => asked.push(id) < 0);
    expect(asked.length).toBeLessThanOrEqual(2 * 3602);
  });

  it.each([
    ['as it began', at('10:00:01')],
    ['a second earlier', at('10:00:00')],
    ['later', at('10:00:02')],
    ['as it ended', at('10:00:03')],
  ])('takes one that has a record or a Workflow for known, whatever second it began in: %s', (_, startedAt) => {
    const events = { completed: [completed(at('10:00:03'))], started: [started(at('10:00:01'))] };
    expect(lost([current], events, id => id === idAt(startedAt))).toEqual([]);
    expect(lost([current], events, id => id === idAt(at('10:00:04')))).toHaveLength(1);
  });

  it('tells a record that ended otherwise from it', () => {
    const events = { completed: [completed(at('10:00:03'))], started: [started(at('10:00:01'))] };
    expect(lost([current], events, (id, succeeded) => id === idAt(at('10:00:01')) && succeeded)).toHaveLength(1);
  });

  it('finds each of two in a row, and each record answers for one', () => {
    const events = {
      completed: [completed(at('10:00:01')), completed(at('10:00:02'))],
      started: [started(at('10:00:00')), started(at('10:00:01'))],
    };
    expect(times(lost([current], events))).toEqual([
      [at('10:00:00'), at('10:00:01')],
      [at('10:00:01'), at('10:00:02')],
    ]);
    expect(times(lost([current], events, id => id === idAt(at('10:00:00'))))).toEqual([
      [at('10:00:01'), at('10:00:02')],
    ]);
  });

  it('finds the same operation in every run', () => {
    const events = { completed: [completed(at('10:00:03'))], started: [started(at('10:00:01'))] };
    const [first] = lost([current], events);
    expect(lost([current], events, id => id === first?.id)).toEqual([]);
  });

  it('looks for one whose start left no Event in the time before its end', () => {
    const events = { completed: [completed(at('10:00:03'))] };
    expect(times(lost([current], events))).toEqual([[at('10:00:03'), at('10:00:03')]]);
    expect(lost([current], events, id => id === idAt(at('09:20:00')))).toEqual([]);
    const after = { completed: [completed(at('09:30:00')), completed(at('10:00:03'))] };
    expect(lost([current], after, id => id === idAt(at('09:20:00')))).toHaveLength(1);
  });

  it.each([
    [
      'is the last one',
      [operation(at('10:00:00'), { finishedAt: at('10:00:03'), succeeded: false, from: 'application' })],
      {},
    ],
    ['is in the history', [operation(at('10:00:00'), { finishedAt: at('10:00:03') })], { succeeded: true }],
    ['was written late', [operation(at('10:00:00'), { finishedAt: at('09:59:40') })], { succeeded: true }],
    ['is a dry run: whole, successful, and without history', [operation(at('09:00:00'))], { succeeded: true }],
  ] as const)('leaves what %s', (_, operations, over) => {
    expect(lost([...operations], { completed: [completed(at('10:00:03'), over)] })).toEqual([]);
  });

  it.each([
    ['a self-heal', { succeeded: true, partial: true }, [operation(at('09:00:00'))]],
    ['a whole sync of an Application that keeps no history', { succeeded: true }, []],
    ['a whole sync that has left the history', { succeeded: true }, [current]],
    ['a failure beside a success of the same second', {}, [operation(at('10:00:00'), { finishedAt: at('10:00:03') })]],
  ] as const)('finds %s', (_, over, operations) => {
    expect(lost([...operations], { completed: [completed(at('10:00:03'), over)] })).toHaveLength(1);
  });
});
