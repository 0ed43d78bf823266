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
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const created = await store.create(newAlert(name, inLines(cause), receivers, now()));
    if (created !== null)
      return await tell(
        created,
        receivers.map(receiver => receiver.name),
        clients,
      );
    const changed = await change(name, alert => fire(alert, oneLine(cause.what), receivers, now()), clients);
    // Without one, it was deleted between the two.
    if (changed !== null) return changed;
  }
  throw contended(name);
}

/**
 * Says that it is not missing any more, where that was ever said. Safe to repeat as raise is.
 * @param found what the run that looked found, for a person
 * @returns null where there is no alert
 */
export const resolve = (name: string, found: string, clients: AlertClients): Promise<DeploymentAlert | null> =>
  change(name, alert => settle(alert, oneLine(found), clients.receivers, clients.now()), clients);

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

/** Each text as one harmless line: a second one would look like something that we say. */
const inLines = <T extends Pick<AlertCause, 'what' | 'subject' | 'remedy' | 'environment'>>(alert: T): T => ({
  ...alert,
  what: oneLine(alert.what),
  subject: oneLine(alert.subject),
  remedy: oneLine(alert.remedy),
  environment: alert.environment === null ? null : oneLine(alert.environment),
});

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

/**
 * Tells the channels, and writes down what each answered when it does: one that never answers keeps nothing of the others. Where the
 * alert has changed meanwhile, they are told again.
 */
async function tell(stored: StoredAlert, names: readonly string[], clients: AlertClients): Promise<DeploymentAlert> {
  const { receivers, now } = clients;
  const asked = new Set<Promise<void>>();
  const answers: Told[] = [];
  let current = stored;
  let messages = 0;
  const ask = (those: readonly string[]) => {
    for (const receiver of receivers.filter(({ name }) => those.includes(name))) {
      messages += 1;
      // What an older version kept is told as harmless as what this one keeps.
      const alert = { ...inLines(current.alert), latest: oneLine(current.alert.latest) };
      const one = tellOne(receiver, alert, now()).then(answer => {
        if (answer !== null) answers.push(answer);
        asked.delete(one);
      });
      asked.add(one);
    }
  };
  ask(names);
  while (asked.size > 0 || answers.length > 0) {
    if (answers.length === 0) await Promise.race(asked);
    if (answers.length === 0) continue; // One that was not asked has none.
    const written = await writeDown(current, answers.splice(0), clients);
    if (written === null) break;
    current = written.stored;
    if (messages < ATTEMPTS * receivers.length) ask(written.tell);
  }
  await Promise.all(asked);
  return current.alert;
}

/** @returns null where the alert was deleted meanwhile */
async function writeDown(
  before: StoredAlert,
  answers: readonly Told[],
  { store, receivers, now }: AlertClients,
): Promise<{ stored: StoredAlert; tell: string[] } | null> {
  const { name } = before.alert;
  let current: StoredAlert | null = before;
  for (let attempt = 0; attempt < ATTEMPTS && current !== null; attempt += 1) {
    const turn = conclude(current.alert, answers, receivers, now());
    const stored = await store.replace(current.version, turn.alert);
    if (stored !== null) return { stored, tell: turn.tell };
    current = await store.read(name);
  }
  if (current === null) return null;
  throw contended(name);
}

/** @returns null where the channel was not asked */
async function tellOne(receiver: Receiver, alert: DeploymentAlert, at: string): Promise<Told | null> {
  const { name } = receiver;
  const { state } = alert;
  try {
    const detail = await receiver.tell(alert, at);
    return detail === null ? null : { name, state, taken: true, detail: oneLine(detail) };
  } catch (error) {
    const why = error instanceof Failure ? error.message : `Unexpected ${String(error)}; this is a bug`;
    return { name, state, taken: false, detail: oneLine(why) };
  }
}

const contended = (name: string) =>
  transient('Alert is written by others all the time', `DeploymentAlert ${name}`, 'it is tried again');
