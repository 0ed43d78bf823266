import type { Acceptance, AlertCause, DeploymentAlert } from '../contracts/deployment-alert.ts';
import { Failure, transient } from '../runtime/failure.ts';
import { oneLine } from '../runtime/outside-text.ts';
import type { Receiver } from './receiver.ts';
import type { AlertStore, StoredAlert } from './store.ts';
import { accept as accepted, conclude, fire, newAlert, settle, type Told, type Turn, tellDue } from './turn.ts';

const ATTEMPTS = 8;

export interface AlertClients {
  store: AlertStore;
  receivers: readonly Receiver[];
  /** RFC 3339. */
  now: () => string;
}

/** A cause and the name of its alert. */
export interface Alarm {
  /** The operation id, or dead-letter-<name>. */
  name: string;
  cause: AlertCause;
}

/**
 * Says that something is missing. Doing it twice, or two at once, tells nobody twice: whoever creates the alert, or writes
 * first that it tells a channel, tells it. A channel that cannot be told fails nothing: it is in the alert's status, and
 * told again by the next call after two minutes.
 * @throws Failure where the alert itself cannot be kept
 */
export async function raise({ name, cause }: Alarm, clients: AlertClients): Promise<DeploymentAlert> {
  const { store, receivers, now } = clients;
  const created = await store.create(newAlert(name, cause, receivers, now()));
  if (created !== null)
    return await tell(
      created,
      receivers.map(receiver => receiver.name),
      clients,
    );
  const changed = await change(name, alert => fire(alert, cause.what, receivers, now()), clients);
  // It was deleted between the two.
  return changed ?? raise({ name, cause }, clients);
}

/**
 * Says that it is not missing any more, where that was ever said. Safe to repeat as raise is.
 * @param found what the run that looked found, for a person
 * @returns null where there is no alert
 */
export const resolve = (name: string, found: string, clients: AlertClients): Promise<DeploymentAlert | null> =>
  change(name, alert => settle(alert, found, clients.receivers, clients.now()), clients);

/**
 * Closes it in the name of a person, although something is missing. Safe to repeat: what is resolved stays as it is.
 * @returns null where there is no alert
 */
export const accept = (
  name: string,
  by: Pick<Acceptance, 'by' | 'identity' | 'reason'>,
  clients: AlertClients,
): Promise<DeploymentAlert | null> =>
  change(name, alert => accepted(alert, by, clients.receivers, clients.now()), clients);

/** Tells what is due: a channel that failed or was never told, and one that has to be reminded. */
export const tellAgain = (name: string, clients: AlertClients): Promise<DeploymentAlert | null> =>
  change(name, alert => tellDue(alert, clients.receivers, clients.now()), clients);

async function change(
  name: string,
  turn: (alert: DeploymentAlert) => Turn,
  clients: AlertClients,
): Promise<DeploymentAlert | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await clients.store.read(name);
    if (before === null) return null;
    const next = turn(before.alert);
    if (next.alert === before.alert) return before.alert;
    const written = await clients.store.replace(before.version, next.alert);
    if (written !== null) return await tell(written, next.tell, clients);
  }
  throw contended(name);
}

async function tell(stored: StoredAlert, names: readonly string[], clients: AlertClients): Promise<DeploymentAlert> {
  const { receivers, store, now } = clients;
  const { state, name } = stored.alert;
  const told = receivers.filter(receiver => names.includes(receiver.name));
  if (told.length === 0) return stored.alert;
  const answers = await Promise.all(told.map(receiver => tellOne(receiver, stored.alert, now())));
  let current: StoredAlert | null = stored;
  for (let attempt = 0; attempt < ATTEMPTS && current !== null; attempt += 1) {
    const written = await store.replace(current.version, conclude(current.alert, state, answers, now()));
    if (written !== null) return written.alert;
    current = await store.read(name);
  }
  if (current === null) return stored.alert;
  throw contended(name);
}

async function tellOne(receiver: Receiver, alert: DeploymentAlert, at: string): Promise<Told> {
  try {
    return { name: receiver.name, taken: true, detail: oneLine(await receiver.tell(alert, at)) };
  } catch (error) {
    const why = error instanceof Failure ? error.message : `Unexpected ${String(error)}; this is a bug`;
    return { name: receiver.name, taken: false, detail: oneLine(why) };
  }
}

const contended = (name: string) =>
  transient('Alert is written by others all the time', `DeploymentAlert ${name}`, 'it is tried again');
