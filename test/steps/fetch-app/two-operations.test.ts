import { describe, expect, it } from 'vitest';
import type { CompletedEvent, StartedEvent } from '../../../lib/argocd/controller-events.ts';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { Deployment, isConfirmed } from '../../../lib/contracts/deployment.ts';
import { parseEvent } from '../../../lib/events/parse-event.ts';
import { Application } from '../../../steps/fetch-app/application.ts';
import { fetchApp } from '../../../steps/fetch-app/step.ts';
import { eventOf } from './event-of.ts';
import { config } from './fixture.ts';
import { knowing } from './knowing.ts';

const SEEDS = Array.from({ length: 400 }, (_, seed) => seed + 1);
const UID = '0d9b7a52-5a0e-4c55-9a35-1f3b6e2c7d10';
const BEGIN = Date.parse('2026-11-20T10:00:00Z');
const time = (second: number): string => new Date(BEGIN + second * 1000).toISOString().replace('.000Z', 'Z');
const configuration = Configuration.parse(config);

/** mulberry32 */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const of = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return { below, of };
}
type Random = ReturnType<typeof random>;

const KINDS = ['whole', 'whole', 'Failed', 'Error', 'partial', 'self-heal', 'dry-run'] as const;

interface Ran {
  kind: (typeof KINDS)[number];
  start: number;
  end: number;
  revision: string;
  initiatedBy: { username?: string; automated?: boolean };
}

/** Operations as Argo CD runs them: one after the other, often within a second of each other, or within the same. */
function operations({ below, of }: Random): Ran[] {
  let second = 0;
  return Array.from({ length: 2 + below(6) }, (_, number) => {
    const kind = of(KINDS);
    const start = second + of([0, 0, 1, 2, 90]);
    const end = start + of([0, 0, 1, 5]);
    second = end;
    // Argo CD selects resources by itself for a self-heal alone.
    const automated = kind === 'self-heal' || (kind !== 'partial' && below(3) === 0);
    const initiatedBy = automated ? { automated } : { username: of(['ada', 'bob', 'eve']) };
    return { kind, start, end, revision: number.toString(16).padStart(40, '0'), initiatedBy };
  });
}

const source = { repoURL: 'https://git.example.com/shop.git', path: 'web', targetRevision: 'main' };
const FORGED = 'f'.repeat(40);
const phaseOf = ({ kind }: Ran): 'Succeeded' | 'Failed' | 'Error' =>
  kind === 'Failed' || kind === 'Error' ? kind : 'Succeeded';
const isPartial = ({ kind }: Ran) => kind === 'partial' || kind === 'self-heal';

const stateOf = (ran: Ran) => ({
  phase: phaseOf(ran),
  message: `it was ${ran.revision}`,
  startedAt: time(ran.start),
  finishedAt: time(ran.end),
  operation: {
    initiatedBy: ran.initiatedBy,
    sync: {
      dryRun: ran.kind === 'dry-run',
      resources: isPartial(ran) ? [{ kind: 'Deployment', name: 'web' }] : [],
      autoHealAttemptsCount: ran.kind === 'self-heal' ? 1 : 0,
    },
  },
  syncResult: {
    revision: ran.revision,
    source,
    resources: [
      { group: 'apps', kind: 'Deployment', name: 'web', status: 'Synced', images: [`shop/web:${ran.revision}`] },
    ],
  },
});

/** The Application after the last of them, whose history is kept as long as it says. */
function applicationAfter(ran: readonly Ran[], kept: number, legacy: boolean) {
  const last = ran.at(-1);
  const history = ran
    .map((one, id) => ({ one, id }))
    .filter(({ one }) => one.kind === 'whole')
    .map(({ one, id }) => ({
      id,
      revision: one.revision,
      source,
      ...(!legacy && { deployStartedAt: time(one.start) }),
      deployedAt: time(one.end),
      initiatedBy: one.initiatedBy,
    }));
  return {
    metadata: { name: 'web', namespace: 'argocd', uid: UID },
    spec: { project: 'shop', source, destination: { namespace: 'shop', server: 'https://kubernetes.default.svc' } },
    status: { history: kept === 0 ? [] : history.slice(-kept), operationState: last && stateOf(last) },
  };
}

const completedOf = (ran: Ran): CompletedEvent => ({
  uid: UID,
  at: time(ran.end),
  succeeded: phaseOf(ran) === 'Succeeded',
  partial: isPartial(ran),
  revision: ran.revision,
  message: phaseOf(ran) === 'Succeeded' ? '' : `it was ${ran.revision}`,
});
const startedOf = ({ start, initiatedBy }: Ran): StartedEvent => ({ uid: UID, at: time(start), initiatedBy });

async function deploymentOf(application: unknown, event: unknown, known: Parameters<typeof knowing>[0]) {
  const sources = knowing({ application: application === null ? null : Application.parse(application), ...known });
  const parsed = parseEvent(JSON.stringify(event), 'event');
  return Deployment.parse(await fetchApp({ event: parsed, config: configuration }, sources));
}

const told = ({ operation, initiator, sources, resources }: Deployment) => ({
  phase: operation.phase,
  partial: operation.partial,
  selfHeal: operation.selfHeal,
  dryRun: operation.dryRun,
  initiator: initiator.name,
  revisions: sources.map(({ revision }) => revision),
  images: resources.flatMap(({ images }) => images),
});

const truth = (ran: Ran) => ({
  phase: phaseOf(ran),
  partial: isPartial(ran),
  selfHeal: ran.kind === 'self-heal',
  dryRun: ran.kind === 'dry-run',
  initiator: ran.initiatedBy.username ?? 'argocd-automated-sync',
  revisions: [ran.revision],
  images: [`shop/web:${ran.revision}`],
});

/** A list of Kubernetes is in no order of time. */
const shuffled = (ran: readonly Ran[], { below }: Random): Ran[] =>
  ran
    .map(one => ({ one, at: below(1000) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

/** Two that started in the same second are one operation. */
const distinct = (ran: readonly Ran[]) =>
  ran.filter(({ start }) => ran.filter(one => one.start === start).length === 1);
const eventFor = (application: object, ran: Ran, data: Record<string, unknown> = {}) =>
  eventOf({ ...application, status: { operationState: stateOf(ran) } }, data);

describe('whatever Argo CD did before and after, an operation is itself', () => {
  it.each(SEEDS)('seed %i', async seed => {
    const chance = random(seed);
    const ran = operations(chance);
    const application = applicationAfter(ran, chance.of([0, 1, 2, 10]), chance.below(4) === 0);
    const listed = shuffled(ran, chance);
    const events = { completed: listed.map(completedOf), started: listed.map(startedOf) };
    for (const one of distinct(ran)) {
      const event = eventFor(application, one);
      for (const known of [{}, { events }])
        for (const shown of [application, null]) {
          const deployment = await deploymentOf(shown, event, known);
          expect(told(deployment), `${one.kind} at ${one.start}, ${deployment.operation.knownFrom}`).toEqual(
            truth(one),
          );
        }
    }
  });
});

describe('whatever an event claims, what is confirmed is what Argo CD says', () => {
  it.each(SEEDS)('seed %i', async seed => {
    const chance = random(seed);
    const ran = operations(chance);
    const application = applicationAfter(ran, chance.of([0, 1, 2, 10]), chance.below(4) === 0);
    const listed = shuffled(ran, chance);
    const events = { completed: listed.map(completedOf), started: listed.map(startedOf) };
    const last = ran.at(-1)?.start ?? 0;
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const startedAt = chance.below(last + 1);
      const forged = {
        startedAt: time(startedAt),
        finishedAt: time(startedAt + chance.below(7)),
        phase: chance.of(['Succeeded', 'Failed', 'Error']),
        initiatedBy: { username: 'mallory' },
        partial: chance.below(2) === 0,
        dryRun: false,
        revision: chance.of([chance.of(ran).revision, FORGED]),
      };
      const event = eventFor(application, { ...chance.of(ran), revision: FORGED }, forged);
      const shown = chance.of([application, null]);
      const deployment = await deploymentOf(shown, event, { events });
      if (!isConfirmed(deployment)) continue;
      const { images, dryRun: _, ...said } = told(deployment);
      const { knownFrom, phase } = deployment.operation;
      // Kubernetes Events tell the start to some seconds, and call what is an Error failed.
      const of = ran.filter(({ start, end, revision }) =>
        knownFrom === 'events' ? revision === said.revisions[0] && startedAt <= end : start === startedAt,
      );
      const possible = of.map(truth).map(({ images: __, dryRun: ___, ...is }) => is);
      if (knownFrom === 'events' && phase !== 'Succeeded')
        for (const one of possible) if (one.phase !== 'Succeeded') one.phase = phase;
      // Of two that were asked for within a second, nobody says who asked for which.
      if (said.initiator === 'unknown')
        for (const one of possible) Object.assign(one, { initiator: 'unknown', selfHeal: said.selfHeal });
      expect(said.initiator).not.toBe('mallory');
      expect(possible).toContainEqual(said);
      // What Argo CD contradicts is of another operation, and so are its images.
      if (forged.revision === FORGED) expect(images).not.toContain(`shop/web:${FORGED}`);
    }
  });
});
