import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { selectWindow, type WindowObject } from '../../../steps/submit-release/change-window.ts';
import { parseWindows } from '../../../steps/submit-release/window-file.ts';
import { configOf } from '../../support/evidence.ts';

const settingsOf = (changeWindow: Record<string, unknown> = {}) =>
  Configuration.parse(configOf({}, { changeWindow })).changeWindow;
const application = { namespace: 'argocd', name: 'payments-api' };

const aWindow = (
  spec: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
  name = 'chg',
): WindowObject => ({
  metadata: { name, namespace: 'payments', uid: `uid-${name}`, resourceVersion: '7' },
  spec: { snowId: 'CHG0030001', startTime: '2026-10-07T09:00:00Z', endTime: '2026-10-07T13:00:00Z', ...spec },
  ...rest,
});
const select = (windows: WindowObject[], at = '2026-10-07T10:00:00Z', settings = settingsOf()) =>
  selectWindow(windows, application, at, settings);

describe('the time of a sync', () => {
  const strict = settingsOf({ skewSeconds: 0 });
  it.each([
    ['2026-10-07T08:59:59Z', 'no-window'],
    ['2026-10-07T09:00:00Z', 'chosen'],
    ['2026-10-07T12:59:59Z', 'chosen'],
    ['2026-10-07T13:00:00Z', 'window-ended'],
  ])('%s without tolerance: %s', (at, outcome) => {
    expect(select([aWindow()], at, strict).outcome).toBe(outcome);
  });
  it.each([
    ['2026-10-07T08:54:59Z', 'no-window'],
    ['2026-10-07T08:55:00Z', 'chosen'],
    ['2026-10-07T13:04:59Z', 'chosen'],
    ['2026-10-07T13:05:00Z', 'window-ended'],
  ])('%s with five minutes: %s', (at, outcome) => {
    expect(select([aWindow()], at).outcome).toBe(outcome);
  });
  it('between two windows in a row belongs to one of them', () => {
    const next = aWindow({ startTime: '2026-10-07T13:00:00Z', endTime: '2026-10-07T17:00:00Z' }, {}, 'next');
    expect(select([aWindow(), next], '2026-10-07T13:02:00Z')).toMatchObject({
      outcome: 'chosen',
      window: { name: 'next' },
    });
  });
  it('counts in the zone of the window', () => {
    const zoned = aWindow({ startTime: '2026-10-07T11:00:00+02:00', endTime: '2026-10-07T15:00:00+02:00' });
    expect(select([zoned], '2026-10-07T12:59:59Z', strict).outcome).toBe('chosen');
    expect(select([zoned], '2026-10-07T13:00:00Z', strict).outcome).toBe('window-ended');
  });
  it.each([
    ['09:00', '13:00'],
    ['2026-10-07T09:00:00', '2026-10-07T13:00:00'],
    ['', '2026-10-07T13:00:00Z'],
    ['2026-10-07T13:00:00Z', '2026-10-07T09:00:00Z'],
    [1_791_363_600, 1_791_378_000],
  ])('cannot be held against %j to %j', (startTime, endTime) => {
    const selection = select([aWindow({ startTime, endTime })]);
    expect(selection).toMatchObject({ outcome: 'window-unusable', detail: expect.stringContaining('payments/chg') });
  });
});

describe('the window', () => {
  it('is given with what it was read as', () => {
    expect(select([aWindow()])).toEqual({
      outcome: 'chosen',
      changeRequest: 'CHG0030001',
      path: 'spec.snowId',
      window: {
        namespace: 'payments',
        name: 'chg',
        uid: 'uid-chg',
        resourceVersion: '7',
        start: '2026-10-07T09:00:00Z',
        end: '2026-10-07T13:00:00Z',
      },
    });
  });
  it.each([
    ['no list', {}, 'chosen'],
    ['its name', { applications: ['payments-api'] }, 'chosen'],
    ['a glob', { applications: ['other', 'payments-*'] }, 'chosen'],
    ['namespace and name', { applications: ['argocd/payments-*'] }, 'chosen'],
    ['one text', { applications: 'payments-api' }, 'chosen'],
    ['another path', { impactedApps: ['payments-api'] }, 'chosen'],
    ['another name', { applications: ['payments'] }, 'no-window'],
    ['an empty list', { applications: [] }, 'no-window'],
    ['something else', { applications: [{ name: 'payments-api' }] }, 'no-window'],
  ])('with %s for applications', (_, spec, outcome) => {
    expect(select([aWindow(spec)]).outcome).toBe(outcome);
  });
  it.each([
    [true, 'chosen'],
    [undefined, 'chosen'],
    ['Yes', 'chosen'],
    [false, 'no-window'],
    ['false', 'no-window'],
    ['False', 'no-window'],
    ['no', 'no-window'],
    ['0', 'no-window'],
    [0, 'no-window'],
    [['true'], 'no-window'],
    [{ value: true }, 'no-window'],
  ])('whose status.active is %j', (active, outcome) => {
    expect(select([aWindow({}, { status: { active } })]).outcome).toBe(outcome);
  });
  it.each([
    [{ status: { requestPhase: 'rejected' } }, 'status.requestPhase is rejected'],
    [{ status: { requestPhase: 'closed' } }, 'status.requestPhase is closed'],
    [{ status: { requestPhase: 'opened' } }, 'status.requestPhase is opened'],
    [{ status: { active: true, phase: 'Canceled' } }, 'status.phase is Canceled'],
    [{ status: { state: 'ausgesetzt' } }, 'status.state is ausgesetzt'],
  ])('of which %j says that it is over: not taken, and the word is named', (rest, said) => {
    const selection = select([aWindow({}, rest)]);
    expect(selection.outcome).toBe('no-window');
    expect(selection).toMatchObject({
      detail: expect.stringContaining(`payments/chg holds it, but its ${said}: no word of changeWindow.activeWhen`),
    });
  });
  it.each([[{ status: { requestPhase: 'approved' } }], [{ status: { phase: 'In_Progress', state: 'IMPLEMENT' } }]])(
    'of which %j says that it is active',
    rest => {
      expect(select([aWindow({}, rest)]).outcome).toBe('chosen');
    },
  );
  it('is active by the words of the configuration, and by no other', () => {
    const settings = settingsOf({ active: ['status.stufe'], activeWhen: ['genehmigt'] });
    const stufe = (word: string) => select([aWindow({}, { status: { stufe: word, phase: 'x' } })], undefined, settings);
    expect([stufe('Genehmigt').outcome, stufe('approved').outcome]).toEqual(['chosen', 'no-window']);
  });
  it('that was cancelled does not stand in the way of the right one', () => {
    const cancelled = aWindow({ startTime: 'soon' }, { status: { phase: 'Canceled' } }, 'old');
    expect(select([cancelled, aWindow()])).toMatchObject({ outcome: 'chosen', window: { name: 'chg' } });
  });
  it.each([
    [{ startTime: '2026-10-07 09:00:00' }, 'start 2026-10-07 09:00:00 has no time zone, write 2026-10-07T09:00:00Z or'],
    [{ endTime: '2026-10-07T13:00' }, 'end 2026-10-07T13:00 has no time zone'],
    [{ startTime: 'soon' }, 'start soon is no time such as'],
    [{ startTime: undefined }, 'start missing'],
    [{ startTime: '2026-10-08T00:00:00Z' }, 'it ends before it starts'],
  ])('of which %j is no time: why', (spec, said) => {
    expect(select([aWindow(spec)])).toMatchObject({
      outcome: 'window-unusable',
      detail: expect.stringContaining(said),
    });
  });
  it.each([
    ['CHG12', 'window-unusable'],
    ['RITM0030001', 'window-unusable'],
    ['CHG0030001 or so', 'window-unusable'],
    [30001, 'window-unusable'],
    [undefined, 'window-unusable'],
    ['CHG0030001', 'chosen'],
  ])('whose change request is %j', (snowId, outcome) => {
    expect(select([aWindow({ snowId })]).outcome).toBe(outcome);
  });
  it('is found by other paths', () => {
    const object = {
      metadata: { name: 'syn' },
      data: { number: 'CHG0031337', from: '2026-10-07T09:00:00Z', to: '2026-10-07T11:00:00Z' },
    };
    const settings = settingsOf({ changeRequest: ['x.y', 'data.number'], start: ['data.from'], end: ['data.to'] });
    expect(select([object], undefined, settings)).toMatchObject({ changeRequest: 'CHG0031337', path: 'data.number' });
  });
  it('is never read from what an object inherits', () => {
    const settings = settingsOf({ changeRequest: ['constructor.name'], changeRequestPattern: '.' });
    expect(select([aWindow()], undefined, settings).outcome).toBe('window-unusable');
  });
});

describe('several windows', () => {
  it('are named, and none is taken', () => {
    const other = aWindow({ snowId: 'CHG0030002' }, {}, 'other');
    expect(select([aWindow(), other])).toEqual({
      outcome: 'several-windows',
      detail: 'payments/chg, payments/other all hold 2026-10-07T10:00:00Z',
    });
  });
  it('of which one cannot be read: none is taken', () => {
    expect(select([aWindow(), aWindow({ startTime: 'soon' }, {}, 'broken')])).toMatchObject({
      outcome: 'window-unusable',
      detail: 'payments/broken: start soon is no time such as 2026-10-07T09:00:00Z',
    });
  });
  it('that have all ended: the last is named', () => {
    const first = aWindow({ startTime: '2026-10-06T09:00:00Z', endTime: '2026-10-06T13:00:00Z' }, {}, 'first');
    expect(select([aWindow(), first], '2026-10-08T10:00:00Z')).toMatchObject({
      outcome: 'window-ended',
      detail: 'the last, payments/chg, ended 2026-10-07T13:00:00Z',
    });
  });
  it('of which one is still to come: no window', () => {
    const next = aWindow({ startTime: '2026-10-09T09:00:00Z', endTime: '2026-10-09T13:00:00Z' }, {}, 'next');
    expect(select([aWindow(), next], '2026-10-08T10:00:00Z').outcome).toBe('no-window');
  });
});

describe('a file of windows', () => {
  const yaml = (name: string, namespace?: string) =>
    `kind: ChangeWindow\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;
  const list = JSON.stringify({
    kind: 'List',
    items: [{ kind: 'ChangeWindow', metadata: { name: 'a', namespace: 'n' } }],
  });
  it.each([
    ['one document', yaml('a', 'n'), ['a']],
    ['several documents', `---\n${yaml('a', 'n')}---\n${yaml('b', 'other')}---\n${yaml('c', 'n')}---\n`, ['a', 'c']],
    ['a list as JSON', list, ['a']],
    ['one without a namespace', yaml('a'), ['a']],
    ['nothing', '', []],
  ])('with %s', async (_, text, names) => {
    const found = await parseWindows(text, 'ChangeWindow', '--change-window=f')('n');
    expect(found?.map(({ metadata }) => metadata.name)).toEqual(names);
  });
  it('gives what has no namespace once', async () => {
    const windowsIn = parseWindows(yaml('a'), 'ChangeWindow', '--change-window=f');
    expect(await windowsIn('n')).toHaveLength(1);
    expect(await windowsIn('m')).toHaveLength(0);
  });
  it.each([
    ['another kind', 'kind: Secret\nmetadata: {name: s}', /kind: Invalid input/],
    ['no name', 'kind: ChangeWindow', /metadata: Invalid input/],
    ['no YAML', '{{workflow.name}}: [', /Neither YAML nor JSON: --change-window=f, document 1, line 1/],
    ['a text', 'CHG0030001', /Not as documented/],
  ])('with %s is refused', (_, text, expected) => {
    expect(() => parseWindows(text, 'ChangeWindow', '--change-window=f')).toThrow(expected);
  });
});
