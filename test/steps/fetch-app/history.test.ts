import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../steps/fetch-app/application.ts';
import { entryOf, instant, previousOf, rollbackOf } from '../../../steps/fetch-app/history.ts';

const source = { repoURL: 'https://git.example.com/shop.git', path: 'web' };
const entry = (id: number, revision: string, startedAt?: string, deployedAt?: string): HistoryEntry => ({
  id,
  revision,
  revisions: [],
  source,
  sources: [],
  initiatedBy: undefined,
  deployStartedAt: startedAt,
  deployedAt,
});
const [one, two, three] = [
  entry(1, 'a', '2026-01-01T00:00:00Z', '2026-01-01T00:00:09Z'),
  entry(2, 'b', '2026-01-02T00:00:00Z', '2026-01-02T00:00:09Z'),
  entry(3, 'a', '2026-01-03T00:00:00Z', '2026-01-03T00:00:09Z'),
];
const history = [one, two, three];
const idOf = (found: HistoryEntry | null) => found?.id ?? null;

describe('entryOf', () => {
  it.each([
    ['the same start', history, '2026-01-02T00:00:00Z', null, 2],
    ['the same instant in another spelling', history, '2026-01-02T00:00:00.000Z', null, 2],
    ['no entry of that start', history, '2026-01-02T00:00:01Z', null, null],
    ['recorded while it ran', history, '2026-01-02T00:00:01Z', '2026-01-02T00:00:09Z', 2],
    [
      'recorded in the second in which the next one started',
      history,
      '2026-01-02T00:00:09Z',
      '2026-01-02T00:00:12Z',
      null,
    ],
    ['recorded after it ended', history, '2026-01-02T00:00:01Z', '2026-01-02T00:00:08Z', null],
    ['two of one start', [...history, { ...two, id: 9 }], '2026-01-02T00:00:00Z', null, 9],
    ['none', [], '2026-01-02T00:00:00Z', null, null],
    ['no times', [entry(1, 'a')], '2026-01-02T00:00:00Z', null, null],
  ])('%s', (_, entries, startedAt, finishedAt, expected) => {
    expect(idOf(entryOf(entries, { startedAt, finishedAt }))).toBe(expected);
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

it('refuses what is no time', () => {
  expect(() => instant('2026-02-99T00:00:00Z')).toThrow('Not a time: 2026-02-99T00:00:00Z');
});
