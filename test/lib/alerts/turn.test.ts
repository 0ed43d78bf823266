import { describe, expect, it } from 'vitest';
import { accept, conclude, fire, newAlert, settle, tellDue } from '../../../lib/alerts/turn.ts';
import type { AlertChannel, DeploymentAlert } from '../../../lib/contracts/deployment-alert.ts';
import { cause } from '../../support/alerts.ts';

const AT = '2026-11-20T10:00:00Z';
const SOON = '2026-11-20T10:00:30Z';
const LATER = '2026-11-20T11:30:00Z';
const trait = (name: string, resolvesUntold = true, remindAfterMs: number | null = null) => ({
  name,
  resolvesUntold,
  remindAfterMs,
});
const alertWith = (state: DeploymentAlert['state'], ...channels: AlertChannel[]): DeploymentAlert => ({
  ...newAlert('0123456789abcdef', cause, [], AT),
  state,
  resolvedAt: state === 'resolved' ? AT : null,
  channels,
});
const told = (state: AlertChannel['state'], name = 'chat'): AlertChannel => ({ name, state, at: AT, detail: '' });

describe('whom a run tells that something is missing', () => {
  it.each<[string, AlertChannel[], string, string[]]>([
    ['whoever was told hears nothing', [told('sent')], LATER, []],
    ['whom another run tells at the moment', [told('pending')], SOON, []],
    ['whom a run died over', [told('pending')], LATER, ['chat']],
    ['who failed a moment ago', [told('failed')], SOON, []],
    ['who failed a while ago', [told('failed')], LATER, ['chat']],
    ['who was added to the configuration', [], SOON, ['chat']],
  ])('%s', (_, channels, at, tell) => {
    expect(fire(alertWith('firing', ...channels), cause.what, [trait('chat')], at).tell).toEqual(tell);
  });

  it('everybody, where it was over', () => {
    const turn = fire(alertWith('resolved', told('resolved')), 'again', [trait('chat'), trait('desk')], LATER);
    expect(turn.tell).toEqual(['chat', 'desk']);
    expect(turn.alert).toMatchObject({ state: 'firing', since: LATER, resolvedAt: null, latest: 'again' });
  });

  it('changes nothing where there is nothing to tell', () => {
    const alert = alertWith('firing', told('sent'));
    expect(fire(alert, alert.latest, [trait('chat')], LATER).alert).toBe(alert);
  });

  it('reminds a channel that forgets', () => {
    const alert = alertWith('firing', told('sent'));
    expect(tellDue(alert, [trait('chat', true, 3_600_000)], SOON).tell).toEqual([]);
    expect(tellDue(alert, [trait('chat', true, 3_600_000)], LATER).tell).toEqual(['chat']);
  });
});

describe('what a person accepted', () => {
  const by = { by: 'sam', identity: 'oidc:sam@example.com', reason: 'rolled back by hand' };
  const accepted = accept(alertWith('firing', told('sent')), by, [trait('chat')], SOON);

  it('is over, with name, reason and time, and whoever heard of it is told', () => {
    expect(accepted.tell).toEqual(['chat']);
    expect(accepted.alert).toMatchObject({
      state: 'resolved',
      resolvedAt: SOON,
      latest: 'accepted by sam: rolled back by hand',
      accepted: { ...by, at: SOON, what: cause.what },
    });
  });

  it('never fires again, whatever a later run finds', () => {
    const answers = [{ name: 'chat', state: 'resolved' as const, taken: true, detail: '' }];
    const { alert } = conclude(accepted.alert, answers, [trait('chat')], SOON);
    expect(fire(alert, 'another thing', [trait('chat')], LATER)).toEqual({ alert, tell: [] });
  });

  it('is told to the channels by the next run, where who accepted it could not', () => {
    const { alert, tell } = accept(alertWith('firing', told('sent')), by, [], SOON);
    expect(tell).toEqual([]);
    expect(tellDue(alert, [trait('chat')], LATER).tell).toEqual(['chat']);
  });

  it('is what the first one said', () => {
    const other = { by: 'kim', identity: null, reason: 'no' };
    expect(accept(accepted.alert, other, [], LATER).alert).toBe(accepted.alert);
    const resolved = alertWith('resolved');
    expect(accept(resolved, other, [], LATER).alert).toBe(resolved);
  });
});

describe('whom a run tells that nothing is missing any more', () => {
  it.each<[string, AlertChannel, boolean, string, string[], AlertChannel['state']]>([
    ['who was told', told('sent'), false, SOON, ['chat'], 'pending'],
    ['who may have been told', told('failed'), true, SOON, ['chat'], 'pending'],
    ['who never was, and would be puzzled', told('failed'), false, SOON, [], 'resolved'],
    ['whom another run tells at the moment: later', told('pending'), true, SOON, [], 'pending'],
  ])('%s', (_, channel, resolvesUntold, at, tell, state) => {
    const turn = settle(alertWith('firing', channel), 'mended', [trait('chat', resolvesUntold)], at);
    expect(turn.tell).toEqual(tell);
    expect(turn.alert).toMatchObject({ state: 'resolved', resolvedAt: at, latest: 'mended', channels: [{ state }] });
  });

  it('once', () => {
    const alert = alertWith('resolved', told('resolved'));
    expect(settle(alert, 'mended', [trait('chat')], LATER)).toEqual({ alert, tell: [] });
  });

  it('leaves a channel whose secrets it lacks to who has them', () => {
    const turn = settle(alertWith('firing', told('sent')), 'mended', [], SOON);
    expect(turn).toMatchObject({ tell: [], alert: { channels: [{ state: 'pending' }] } });
    expect(tellDue(turn.alert, [trait('chat')], LATER).tell).toEqual(['chat']);
  });
});

describe('what the channels answered', () => {
  const answers = [
    { name: 'chat', state: 'firing' as const, taken: true, detail: 'posted' },
    { name: 'desk', state: 'firing' as const, taken: false, detail: 'answered 500' },
  ];
  it('is written down', () => {
    const alert = alertWith('firing', told('pending'), told('pending', 'desk'), told('sent', 'hook'));
    const { alert: after, tell } = conclude(alert, answers, [trait('chat'), trait('desk')], SOON);
    expect([after.channels.map(({ state }) => state), tell]).toEqual([['sent', 'failed', 'sent'], []]);
  });

  it.each([
    ['may have heard of it', 'chat', true, ['chat'], 'pending'],
    ['may have heard of it although it did not say so', 'desk', true, ['desk'], 'pending'],
    ['took it', 'chat', false, ['chat'], 'pending'],
    ['never heard of it, and would be puzzled', 'desk', false, [], 'resolved'],
  ])('is no longer so where it is over meanwhile: who %s', (_, name, resolvesUntold, tell, state) => {
    const channels = [trait(name, resolvesUntold)];
    const over = settle(alertWith('firing', told('pending', name)), 'mended', channels, SOON).alert;
    const after = conclude(over, answers, channels, SOON);
    expect([after.tell, after.alert.channels.map(channel => channel.state)]).toEqual([tell, [state]]);
  });

  it('is no longer so where it fires again while a channel hears that it is over', () => {
    const channels = [trait('chat')];
    const over = settle(alertWith('firing', told('sent')), 'mended', channels, SOON);
    const again = fire(over.alert, 'again', channels, SOON);
    // Two messages at once may arrive in any order.
    expect(again.tell).toEqual([]);
    const heard = [{ name: 'chat', state: 'resolved' as const, taken: true, detail: '' }];
    expect(conclude(again.alert, heard, channels, SOON).tell).toEqual(['chat']);
  });
});
