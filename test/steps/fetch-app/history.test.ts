import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../steps/fetch-app/application.ts';
import { entryOf, lastEntryOf, previousOf, rollbackOf } from '../../../steps/fetch-app/history.ts';

const source = { repoURL: 'https://git.example.com/shop.git', path: 'web' };
const entry = (id: number, revision: string, startedAt?: string, deployedAt?: string): HistoryEntry => ({
  id,
  revision,
  revisions: [],
  source,
  sources: [],
  initiatedBy: undefined,
  deployStartedAt: startedAt ?? null,
  deployedAt: deployedAt ?? null,
});
const [one, two, three] = [
  entry(1, 'a', '2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'),
  entry(2, 'b', '2026-01-02T00:00:00Z', '2026-01-02T00:00:09Z'),
  entry(3, 'a', '2026-01-03T00:00:00Z', '2026-01-03T00:00:09Z'),
];
const history = [one, two, three];
const idOf = (found: HistoryEntry | null) => found?.id ?? null;

const whole = { leavesEntry: true, revisions: ['b'], initiatedBy: { username: 'ada' } };
const sought = (startedAt: string, finishedAt: string | null = null, over: object = {}) => ({
  startedAt,
  finishedAt,
  ...whole,
  ...over,
});
const startless = entry(2, 'b', undefined, '2026-01-02T00:00:09Z');
const begun = '2026-01-02T00:00:01Z';
const ended = '2026-01-02T00:00:09Z';

describe('entryOf', () => {
  it.each([
    ['the same start', history, sought('2026-01-02T00:00:00Z'), 2],
    ['the same instant in another spelling', history, sought('2026-01-02T00:00:00.000Z'), 2],
    ['no entry of that start', history, sought(begun), null],
    ['another start, though it was written while this one ran', history, sought(begun, ended), null],
    ['no start, written while it ran', [one, startless], sought(begun, ended), 2],
    ['no start, and the operation failed', [startless], sought(begun, ended, { leavesEntry: false }), null],
    ['no start, and another revision', [startless], sought(begun, ended, { revisions: ['c'] }), null],
    ['no start, and somebody else', [{ ...startless, initiatedBy: { username: 'bob' } }], sought(begun, ended), null],
    [
      'no start, written in the second in which this one started',
      [startless],
      sought(ended, '2026-01-02T00:00:12Z'),
      null,
    ],
    ['no start, written in the one second that it took', [startless], sought(ended, ended), 2],
    ['no start, written after it ended', [startless], sought(begun, '2026-01-02T00:00:08Z'), null],
    ['two of one start', [...history, { ...two, id: 9 }], sought('2026-01-02T00:00:00Z'), 9],
    ['none', [], sought('2026-01-02T00:00:00Z'), null],
    ['no times', [entry(1, 'b')], sought('2026-01-02T00:00:00Z'), null],
  ])('%s', (_, entries, operation, expected) => {
    expect(idOf(entryOf(entries, operation))).toBe(expected);
  });
});

describe('lastEntryOf', () => {
  it.each([
    ['the same start', history, sought('2026-01-02T00:00:00Z'), 2],
    ['a start that is a second off, of the newest', [one, two], sought(begun, ended), 2],
    ['a start that is a second off, of an older one', history, sought(begun, ended), null],
    [
      'a start that is a second off, and the operation failed',
      [two],
      sought(begun, ended, { leavesEntry: false }),
      null,
    ],
    ['a start that is a second off, and another revision', [two], sought(begun, ended, { revisions: ['c'] }), null],
    ['no end', [two], sought(begun), null],
  ])('%s', (_, entries, operation, expected) => {
    expect(idOf(lastEntryOf(entries, operation))).toBe(expected);
  });
});

describe('previousOf', () => {
  it.each([
    ['the entry before', history, three, '2026-01-03T00:00:00Z', 2],
    ['by id, whatever the order of the list', [three, one, two], three, '2026-01-03T00:00:00Z', 2],
    ['nothing before the oldest that is left', [three], three, '2026-01-03T00:00:00Z', null],
    ['the last that started before, for an operation without entry', history, null, '2026-01-02T12:00:00Z', 2],
    ['not one that started at the same time', history, null, '2026-01-02T00:00:00Z', 1],
    ['unknown without times', [entry(1, 'a')], null, '2026-01-02T00:00:00Z', null],
    [
      'by the end, where no start is kept',
      [entry(1, 'a', undefined, '2026-01-01T00:00:00Z')],
      null,
      '2026-01-02T00:00:00Z',
      1,
    ],
  ])('%s', (_, entries, own, startedAt, expected) => {
    expect(idOf(previousOf(entries, own, startedAt))).toBe(expected);
  });
});

describe('rollbackOf', () => {
  const request = { byUser: true, revisions: ['a'], sources: [source] };
  it.each([
    ['a user asks for what an older entry deployed', history, two, request, 1],
    ['the newest of several', [one, { ...one, id: 2 }, { ...two, id: 3 }], { ...two, id: 3 }, request, 2],
    ['nobody of a name asked', history, two, { ...request, byUser: false }, null],
    ['a branch was asked for', history, two, { ...request, revisions: ['main'] }, null],
    ['nothing is known of the request', history, two, { ...request, revisions: [] }, null],
    ['the same as right before', [one, { ...one, id: 2 }], { ...one, id: 2 }, request, null],
    ['other sources', history, two, { ...request, sources: [{ ...source, path: 'api' }] }, null],
    [
      'sources in another order of fields',
      history,
      two,
      { ...request, sources: [{ path: 'web', repoURL: source.repoURL }] },
      1,
    ],
    ['nothing before', [one], null, request, null],
  ])('%s', (_, entries, previous, asked, expected) => {
    expect(idOf(rollbackOf(entries, previous, asked))).toBe(expected);
  });
});
