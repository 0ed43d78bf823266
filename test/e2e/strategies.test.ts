import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { eventOf } from '../steps/fetch-app/event-of.ts';
import { deploy, deploymentOf, newName, type Operation, REGISTRY, redeploy, remove } from './applications.ts';
import { argocdBinary, createAccount, deleteAccount, giveToken, withTls } from './argo-cd.ts';
import { ARGOCD, DEMO, get, hasCluster, until } from './cluster.ts';
import { applyWith, applyWithout } from './overlay.ts';
import { GUESTBOOK_1_1, recorded } from './recorded.ts';
import { letRender, loadRenderingImage, renderNoHistory } from './rendering.ts';
import { expectRights } from './rights.ts';
import { post } from './webhook.ts';
import { ended, messagesOf, readWorkflow, type Workflow } from './workflows.ts';

const argocd = hasCluster ? await argocdBinary() : null;

/** What diff-images may do, which has the identity in any case. */
const DIFF_IMAGES = [
  `get applications.argoproj.io ${ARGOCD}`,
  `list deploymentrecords.aftersync.dev ${ARGOCD}`,
  `list pods ${DEMO}`,
];
const CORE = [
  ...['get', 'list'].map(verb => `${verb} secrets ${ARGOCD}`),
  ...['get', 'list'].map(verb => `${verb} configmaps ${ARGOCD}`),
  ...['get', 'list', 'watch', 'patch'].map(verb => `${verb} applications.argoproj.io ${ARGOCD}`),
  ...['get', 'list'].map(verb => `${verb} appprojects.argoproj.io ${ARGOCD}`),
  ...[`list services ${ARGOCD}`, `list pods ${ARGOCD}`, `create pods/portforward ${ARGOCD}`],
];

const Image = z.object({ reference: z.string(), change: z.string(), previousReferences: z.array(z.string()) });
const Record = z.object({ status: z.object({ images: z.array(Image) }) });

describe.skipIf(argocd === null)('image strategies (needs KUBECONFIG, and argocd on the PATH)', () => {
  const applications: string[] = [];
  let certificate = '';
  let restore = async () => {};
  let token = '';

  beforeAll(async () => {
    await loadRenderingImage(argocd ?? '');
    ({ certificate, restore } = await withTls());
    token = await createAccount(argocd ?? '');
    await letRender();
  }, 600_000);
  afterAll(async () => {
    await remove(...applications);
    await renderNoHistory();
    await deleteAccount();
    await restore();
  });

  /** A sync that changes one of three images, of which nobody kept what ran before. @returns it when its Workflow has ended */
  async function update(prefix: string): Promise<{ operation: Operation; workflow: Workflow }> {
    const name = newName(prefix);
    applications.push(name);
    const manifests = (version: string) => [
      deploymentOf(name, { web: `${REGISTRY}/guestbook:${version}`, cache: `${REGISTRY}/cache:1.0.0` }),
      deploymentOf(`${name}-same`, { web: `${REGISTRY}/guestbook:1.2.0` }),
    ];
    const first = await deploy(name, manifests('1.0.0'), { 'aftersync.dev/ignore': 'true' });
    const operation = await redeploy(first, manifests('1.1.0'));
    const event = eventOf(await get(z.unknown(), '-n', ARGOCD, 'application', name));
    await post({ name: event.name, event: Buffer.from(JSON.stringify(event)).toString('base64') });
    await until('the Workflow', () => readWorkflow(operation.workflow));
    return { operation, workflow: await ended(operation.workflow) };
  }

  const imagesOf = async ({ id }: Operation) => {
    const { status } = await get(Record, '-n', ARGOCD, 'deploymentrecord', id);
    return status.images.map(
      ({ reference, change, previousReferences }) =>
        `${nameOf(reference)} ${change} from ${previousReferences.map(nameOf).join(', ') || 'nothing'}`,
    );
  };
  const nameOf = (reference: string) => reference.replace(`${REGISTRY}/`, '');

  const UPDATED = 'guestbook:1.1.0 updated from guestbook:1.0.0';
  const UNCHANGED = ['cache:1.0.0 unchanged from cache:1.0.0', 'guestbook:1.2.0 unchanged from guestbook:1.2.0'];

  test('manifests, by API token: what Argo CD renders is believed only if its certificate is', async () => {
    await giveToken({ token });
    await applyWith(['argocd-diff'], { strategy: 'manifests' });
    const { operation, workflow } = await update('manifests');
    expect(messagesOf(workflow)[0]).toMatch(
      /^diff-images\(0\): .*exit code 2\): diff-images: argocd failed: .*certificate/,
    );
    await giveToken({ token, 'ca.crt': certificate });
    await execa('argo', ['-n', ARGOCD, 'retry', operation.workflow]);
    expect(messagesOf(await ended(operation.workflow))).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_1} SUCCESS`]);
    expect((await imagesOf(operation)).sort()).toEqual([UPDATED, ...UNCHANGED].sort());
  });

  test('argocd-diff, by API token: the identity reads no Secret', async () => {
    await giveToken({ token, 'ca.crt': certificate });
    await applyWith(['argocd-diff'], { strategy: 'argocd-diff' });
    await expectRights('argocd-diff', DIFF_IMAGES);
    const { operation, workflow } = await update('diff');
    expect(messagesOf(workflow)).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_1} SUCCESS`]);
    expect((await imagesOf(operation)).sort()).toEqual([UPDATED, UNCHANGED[0]].sort());
  });

  test('argocd-diff, by --core: with the rights of an API server, and no other', async () => {
    await applyWithout();
    await applyWith(['argocd-diff/core'], { strategy: 'argocd-diff' });
    await expectRights('argocd-diff', [...new Set([...DIFF_IMAGES, ...CORE])]);
    const { operation, workflow } = await update('core');
    expect(messagesOf(workflow)).toEqual([]);
    expect(await recorded(operation)).toEqual([`${GUESTBOOK_1_1} SUCCESS`]);
    expect((await imagesOf(operation)).sort()).toEqual([UPDATED, UNCHANGED[0]].sort());
  });
});
