import type { Acceptance, AlertCause, AlertChannel, DeploymentAlert } from '../contracts/deployment-alert.ts';

/** A run that died while it told a channel is given this long; then another one tells it. */
const CLAIM_MS = 120_000;

/** What decides whether a channel is to be told. */
export interface ChannelTraits {
  name: string;
  /** Telling it that something is resolved does no harm where it never heard of it. */
  resolvesUntold: boolean;
  /** It forgets what it was told and has to be told again after so long; null where it remembers. */
  remindAfterMs: number | null;
}

/** What becomes of an alert, and which channels the run that brings it about must tell. */
export interface Turn {
  alert: DeploymentAlert;
  tell: string[];
}

const entry = (name: string, at: string): AlertChannel => ({ name, state: 'pending', at, detail: '' });

/** An alert that nobody was told of. */
export const newAlert = (
  name: string,
  cause: AlertCause,
  channels: readonly { name: string }[],
  at: string,
): DeploymentAlert => ({
  schemaVersion: 'aftersync.deployment-alert/v1',
  name,
  ...cause,
  state: 'firing',
  since: at,
  resolvedAt: null,
  latest: cause.what,
  channels: channels.map(channel => entry(channel.name, at)),
});

/** Something is missing, again or still. An alert that fires already is not told twice, and one that a person accepted never again. */
export function fire(alert: DeploymentAlert, latest: string, channels: readonly ChannelTraits[], at: string): Turn {
  if (alert.accepted !== undefined) return settle(alert, alert.latest, channels, at);
  if (alert.state === 'firing') return tellDue(alert.latest === latest ? alert : { ...alert, latest }, channels, at);
  const fired = { ...alert, state: 'firing', since: at, resolvedAt: null, latest } as const;
  // Another run is telling it that it was over: that run tells it the new state after that, so that the order holds.
  const isClaimed = (told: AlertChannel) => told.state === 'pending' && !isPast(told.at, CLAIM_MS, at);
  const claimed = alert.channels.filter(isClaimed);
  const tell = channels.map(({ name }) => name).filter(name => claimed.every(told => told.name !== name));
  return { alert: { ...fired, channels: [...claimed, ...tell.map(name => entry(name, at))] }, tell };
}

/** Nothing is missing any more: whoever heard of it is told. */
export function settle(alert: DeploymentAlert, latest: string, channels: readonly ChannelTraits[], at: string): Turn {
  if (alert.state === 'resolved') return tellDue(alert, channels, at);
  const tell: string[] = [];
  const settled = alert.channels.map((told): AlertChannel => {
    const traits = channels.find(({ name }) => name === told.name);
    // Another run is telling it at this moment, and tells it after that that it is over.
    if (told.state === 'pending' && !isPast(told.at, CLAIM_MS, at)) return told;
    if (told.state !== 'sent' && traits?.resolvesUntold === false)
      return { name: told.name, state: 'resolved', at, detail: 'it was never told' };
    if (traits !== undefined) tell.push(told.name);
    return { ...entry(told.name, at), detail: told.detail };
  });
  return { alert: { ...alert, state: 'resolved', resolvedAt: at, latest, channels: settled }, tell };
}

/** A person closes it although something is missing: whoever heard of it is told. The first one stands. */
export function accept(
  alert: DeploymentAlert,
  { by, identity, reason }: Pick<Acceptance, 'by' | 'identity' | 'reason'>,
  channels: readonly ChannelTraits[],
  at: string,
): Turn {
  if (alert.state === 'resolved') return { alert, tell: [] };
  const accepted = { by, identity, reason, at, what: alert.latest };
  return settle({ ...alert, accepted }, `accepted by ${by}: ${reason}`, channels, at);
}

/** Takes upon this run what nobody has told: what failed, what a run died over, and what a channel has forgotten. */
export function tellDue(alert: DeploymentAlert, channels: readonly ChannelTraits[], at: string): Turn {
  const due = channels.filter(channel => isDue(alert, channel, at)).map(({ name }) => name);
  if (due.length === 0) return { alert, tell: [] };
  const known = alert.channels.map(told =>
    due.includes(told.name) ? { ...told, state: 'pending' as const, at } : told,
  );
  const added = due.filter(name => !alert.channels.some(told => told.name === name)).map(name => entry(name, at));
  return { alert: { ...alert, channels: [...known, ...added] }, tell: due };
}

function isDue(alert: DeploymentAlert, channel: ChannelTraits, at: string): boolean {
  const told = alert.channels.find(({ name }) => name === channel.name);
  if (told === undefined) return alert.state === 'firing';
  if (told.state === 'pending' || told.state === 'failed') return isPast(told.at, CLAIM_MS, at);
  if (alert.state === 'resolved') return told.state === 'sent';
  return told.state === 'resolved' || (channel.remindAfterMs !== null && isPast(told.at, channel.remindAfterMs, at));
}

/** What a channel answered. */
export interface Told {
  name: string;
  /** What it was told. */
  state: DeploymentAlert['state'];
  /** It took the message. */
  taken: boolean;
  detail: string;
}

/**
 * Writes down what the channels answered. Where the alert has changed while they were told, they have heard what is no longer
 * so, and whoever told them must tell them what is.
 */
export function conclude(
  alert: DeploymentAlert,
  answers: readonly Told[],
  channels: readonly ChannelTraits[],
  at: string,
): Turn {
  const tell: string[] = [];
  const concluded = alert.channels.map((told): AlertChannel => {
    const answer = answers.find(({ name }) => name === told.name);
    if (answer === undefined) return told;
    const { name, taken, detail } = answer;
    const state = alert.state === 'firing' ? 'sent' : 'resolved';
    if (answer.state === alert.state) return { name, state: taken ? state : 'failed', at, detail };
    if (told.state !== 'pending') return told;
    const isUntold = !taken && channels.some(traits => traits.name === name && !traits.resolvesUntold);
    if (isUntold && alert.state === 'resolved') return { name, state, at, detail: 'it was never told' };
    tell.push(name);
    return entry(name, at);
  });
  return { alert: { ...alert, channels: concluded }, tell };
}

const isPast = (since: string, ms: number, at: string): boolean => Date.parse(at) - Date.parse(since) >= ms;
