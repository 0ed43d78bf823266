import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventOf } from '../steps/fetch-app/event-of.ts';
import { deploy, deploymentOf, newName, REGISTRY, redeploy, remove } from './applications.ts';
import { ARGOCD, get, hasCluster, kubectl, until } from './cluster.ts';
import { evidenceOf } from './stand-ins.ts';
import { post } from './webhook.ts';
import { ended, readWorkflow, workflowsOf } from './workflows.ts';

const WEB = `${REGISTRY}/guestbook:1.0.0`;
const NEXT = `${REGISTRY}/guestbook:1.1.0`;

const Workflow = z.object({
  status: z
    .object({
      phase: z.string().default(''),
      message: z.string().default(''),
      startedAt: z.string().nullish(),
      finishedAt: z.string().nullish(),
      nodes: z.record(z.string(), z.object({ startedAt: z.string().nullish() })).default({}),
    })
    .default({ phase: '', message: '', nodes: {} }),
});

describe.skipIf(!hasCluster)('two syncs, one after the other (needs KUBECONFIG)', () => {
  const applications: string[] = [];
  afterAll(() => remove(...applications));

  /** The events of two syncs of one Application, the earlier of which stands in its history alone by now. */
  async function syncs() {
    const name = newName('order');
    applications.push(name);
    const read = () => get(z.unknown(), '-n', ARGOCD, 'application', name);
    const ignored = { 'aftersync.dev/ignore': 'true' };
    const first = await deploy(name, [deploymentOf(name, { web: WEB })], ignored);
    const earlier = eventOf(await read());
    const second = await redeploy(first, [deploymentOf(name, { web: WEB, next: NEXT })]);
    const later = eventOf(await read());
    expect([earlier.name, later.name]).toEqual([first.workflow, second.workflow]);
    return { name, earlier, later };
  }

  type Event = ReturnType<typeof eventOf>;
  async function recorded(name: string, event: Event): Promise<string[]> {
    const before = (await evidenceOf(name)).length;
    await deliver(event);
    await until('the Workflow', () => readWorkflow(event.name));
    expect((await ended(event.name)).status.phase).toBe('Succeeded');
    return (await evidenceOf(name)).slice(before).map(({ artifactId }) => artifactId.slice(17, 20));
  }

  const deliver = (event: Event) =>
    post({ name: event.name, event: Buffer.from(JSON.stringify(event)).toString('base64') });
  const statusOf = async (name: string) => (await get(Workflow, '-n', ARGOCD, 'workflow', name)).status;

  /** Delivers both at once, and looks while the second waits. @returns what was recorded, in its order */
  async function together(name: string, first: Event, second: Event, meanwhile = async () => {}): Promise<string[]> {
    await deliver(first);
    await until('the first Workflow runs', async () =>
      (await statusOf(first.name)).phase === 'Running' ? true : null,
    );
    await deliver(second);
    const waiting = await until('the second one waits', async () => {
      const status = await statusOf(second.name);
      return status.phase === 'Pending' ? status : null;
    });
    expect(waiting.message).toMatch(/^Waiting for argocd\/Mutex\/aftersync-[0-9a-f]{16} lock\./);
    expect((await statusOf(first.name)).phase).toBe('Running');
    await meanwhile();
    for (const event of [first, second]) expect((await ended(event.name)).status.phase).toBe('Succeeded');
    const [before, after] = [await statusOf(first.name), await statusOf(second.name)];
    expect(Date.parse(after.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before.finishedAt ?? ''));
    for (const { startedAt } of Object.values(after.nodes))
      expect(Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(before.finishedAt ?? ''));
    return (await evidenceOf(name)).map(({ artifactId }) => artifactId.slice(17, 20));
  }

  test('delivered together: one Workflow after the other', async () => {
    const { name, earlier, later } = await syncs();
    expect(await together(name, earlier, later)).toEqual(['100', '110']);
  });

  test('delivered together in the wrong order, and the controller restarts while one waits', async () => {
    const { name, earlier, later } = await syncs();
    const recorded = await together(name, later, earlier, async () => {
      await kubectl('-n', 'argo', 'delete', 'pod', '-l', 'app=workflow-controller', '--wait=false');
    });
    expect([recorded.slice(0, 2).sort(), recorded.slice(2)]).toEqual([['100', '110'], ['100']]);
  });

  test('in order: the later one records only what it changed', async () => {
    const { name, earlier, later } = await syncs();
    expect(await recorded(name, earlier)).toEqual(['100']);
    expect(await recorded(name, later)).toEqual(['110']);
    expect((await workflowsOf(name)).sort()).toEqual([earlier.name, later.name].sort());
  });

  test('the earlier one last: it is never compared with what came after it', async () => {
    const { name, earlier, later } = await syncs();
    expect((await recorded(name, later)).sort()).toEqual(['100', '110']);
    expect(await recorded(name, earlier)).toEqual(['100']);
    expect((await workflowsOf(name)).sort()).toEqual([earlier.name, later.name].sort());
  });
});
