import { setTimeout as sleep } from 'node:timers/promises';
import type { Mishap } from '../../../local/standins/stand-in.ts';
import { ARGOCD, kubectl } from '../cluster.ts';
import { misbehave } from '../stand-ins.ts';
import type { Random } from './random.ts';

const kill = (namespace: string, ...which: string[]) =>
  kubectl('-n', namespace, 'delete', 'pods', ...which, '--grace-period=0', '--force', '--ignore-not-found');

async function killStep(random: Random): Promise<void> {
  const select = ['-l', 'workflows.argoproj.io/workflow', '--field-selector=status.phase=Running'];
  const pods = (await kubectl('-n', ARGOCD, 'get', 'pods', ...select, '-o', 'name')).split('\n').filter(Boolean);
  const [first, ...others] = pods;
  if (first !== undefined) await kill(ARGOCD, random.pick([first, ...others]).replace('pod/', ''));
}

const mishaps = (random: Random): Mishap[] => [
  {
    path: '.',
    times: random.between(1, 6),
    ...random.pick<Partial<Mishap>>([
      { status: 500 },
      { status: 503 },
      { status: 429, retryAfterSeconds: 1 },
      { drop: 'before' },
      { drop: 'after' },
    ]),
  },
];

/** What goes wrong, by name, and how often compared with the others. */
const DISTURBANCES: Record<string, { weight: number; disturb: (random: Random) => Promise<unknown> }> = {
  'a pod of a step': { weight: 5, disturb: killStep },
  'the EventSource': { weight: 2, disturb: () => kill(ARGOCD, '-l', 'eventsource-name=argocd') },
  'the Sensor': { weight: 2, disturb: () => kill(ARGOCD, '-l', 'sensor-name=argocd-sync') },
  'a pod of the EventBus': {
    weight: 2,
    disturb: random => kill(ARGOCD, `eventbus-aftersync-js-${random.between(0, 2)}`),
  },
  // It waits a quarter of a minute for its lease each time.
  'the controller of Argo Workflows': { weight: 1, disturb: () => kill('argo', '-l', 'app=workflow-controller') },
  'the JET Evidence Store': { weight: 4, disturb: random => misbehave('jet', 'jet', { mishaps: mishaps(random) }) },
  'the token endpoint': { weight: 2, disturb: random => misbehave('jet', 'token', { mishaps: mishaps(random) }) },
  Artifactory: { weight: 4, disturb: random => misbehave('artifactory', 'artifactory', { mishaps: mishaps(random) }) },
};

/** Disturbs at random until it is told to stop. @returns a function that stops it, and says how often what was disturbed */
export function disturb(random: Random): () => Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const urn = Object.entries(DISTURBANCES).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));
  let over = false;
  const loop = (async () => {
    while (!over) {
      await sleep(random.between(4, 12) * 1000);
      const name = random.pick(['a pod of a step', ...urn]);
      // What is killed may be gone already, and what misbehaves may just be starting.
      await DISTURBANCES[name]?.disturb(random).catch(() => undefined);
      done[name] = (done[name] ?? 0) + 1;
    }
  })();
  return async () => {
    over = true;
    await loop;
    for (const remote of ['jet', 'token']) await misbehave('jet', remote, {});
    await misbehave('artifactory', 'artifactory', {});
    return done;
  };
}
