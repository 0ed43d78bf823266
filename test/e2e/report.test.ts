import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { accessibilityProblems } from '../support/accessibility.ts';
import { ARGO_CONTENT_POLICY, hasBrowser, openBrowser, showPage } from '../support/browser.ts';
import { outOfPlace } from '../support/layout.ts';
import { differenceBetween } from '../support/picture.ts';
import { deploy, deploymentOf, newName, REGISTRY, remove } from './applications.ts';
import { type ArgoServer, artifactPath, connectArgoServer } from './argo-server.ts';
import { hasCluster } from './cluster.ts';
import { ended } from './workflows.ts';

/** A version of the guestbook of which Artifactory knows nothing, in no other test. */
const UNKNOWN = '1.9.9';

describe.skipIf(!hasCluster)('the report as Argo Workflows shows it (needs KUBECONFIG)', () => {
  const succeeds = newName('shown');
  const fails = newName('shown');
  let server: ArgoServer | null = null;
  let browser: Browser | null = null;
  const workflows: Record<string, string> = {};

  beforeAll(async () => {
    server = await connectArgoServer();
    if (server === null) return;
    const run = async (name: string, version: string) => {
      const images = { web: `${REGISTRY}/guestbook:1.0.0`, next: `${REGISTRY}/guestbook:${version}` };
      const { workflow } = await deploy(name, [deploymentOf(name, images)]);
      await ended(workflow);
      workflows[name] = workflow;
    };
    await Promise.all([run(succeeds, '1.1.0'), run(fails, UNKNOWN)]);
    if (hasBrowser) browser = await openBrowser();
  });
  afterAll(async () => {
    server?.close();
    await browser?.close();
    await remove(succeeds, fails);
  });

  const addressOf = async (application: string, context: TestContext) => {
    if (server === null) return context.skip('the cluster has no argo-server');
    return server.url + (await artifactPath(workflows[application] ?? '', 'conclude', 'report'));
  };

  const CASES = [
    ['a success', succeeds, 'Everything is recorded', 'rgb(218, 251, 225)'],
    ['a failure', fails, 'Not everything is recorded', 'rgb(255, 235, 233)'],
  ] as const;

  test.for(CASES)('is sent of %s with a policy that allows no script', async ([, application, title], context) => {
    const answer = await fetch(await addressOf(application, context));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toBe(ARGO_CONTENT_POLICY);
    expect(answer.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(await answer.text()).toContain(`<strong>${title}</strong>`);
  });

  test.for(CASES)(
    'of %s has its style there, and nothing to complain of',
    async ([name, application, , colour], context) => {
      if (browser === null) return context.skip('needs AFTERSYNC_CHROMIUM');
      const address = await addressOf(application, context);
      const { page, complaints } = await visit(browser, address);
      expect(await page.evaluate(COLOUR)).toBe(colour);
      expect(await outOfPlace(page)).toEqual([]);
      expect(complaints).toEqual([]);

      const html = await (await fetch(address)).text();
      const here = await showPage(browser, html, VIEW, null);
      expect(await accessibilityProblems(here.page)).toEqual([]);
      // The pictures that are kept are taken in this way: what is true of them is true here.
      const there = await page.screenshot();
      const { part } = differenceBetween(await (await showPage(browser, html, VIEW)).page.screenshot(), there);
      expect(part).toBeLessThanOrEqual(0.0005);
      await keep(`of ${name}.png`, there);
    },
  );

  test('says commands that open the record', async context => {
    const answer = await fetch(await addressOf(succeeds, context));
    const commands = [...(await answer.text()).matchAll(/<code class="command">(.*?)<\/code>/g)].map(
      ([, line]) => line,
    );
    expect(commands).toHaveLength(5);
    for (const command of commands) {
      const { stdout } = await execa('bash', ['-c', `aftersync() { npx tsx bin/aftersync.ts "$@"; }; ${command}`]);
      expect(stdout).toMatch(/guestbook:1\.1\.0|[0-9a-f]{16}/);
    }
  });
});

const VIEW = { viewport: { width: 1000, height: 1800 } };
const COLOUR = "getComputedStyle(document.querySelector('.headline')).backgroundColor";

async function visit(browser: Browser, address: string) {
  const page = await browser.newPage(VIEW);
  const complaints: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  page.on('requestfailed', request => complaints.push(request.url()));
  await page.goto(address);
  return { page, complaints };
}

/** For people: the pictures of a run on a cluster. */
async function keep(name: string, picture: Buffer): Promise<void> {
  await mkdir('.aftersync/pictures', { recursive: true });
  await writeFile(join('.aftersync/pictures', `report ${name}`), picture);
}
