import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../../support/accessibility.ts';
import { ARGO_CONTENT_POLICY, hasBrowser, openBrowser, showInFrame, showPage } from '../../support/browser.ts';
import { outOfPlace } from '../../support/layout.ts';
import { longPage, pageOf } from '../../support/report-page.ts';

const SITUATIONS = ['recorded', 'incomplete', 'failed-sync', 'fetch-failed', 'nothing-deployed'];
const ARGO_CD = 'https://argocd.example.com/applications/argocd/checkout';

describe.skipIf(!hasBrowser)('a reader of the report (needs AFTERSYNC_CHROMIUM)', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const schemes = SITUATIONS.flatMap(situation =>
    (['light', 'dark'] as const).map(scheme => [situation, scheme] as const),
  );
  it.each(schemes)('can read %s whoever it is, %s', async (situation, colorScheme) => {
    const { page } = await showPage(browser, await pageOf(situation), { colorScheme }, null);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('can read it on a telephone', async () => {
    const options = { viewport: { width: 360, height: 700 } };
    const { page } = await showPage(browser, await pageOf('incomplete'), options, null);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it.each([320, 500, 768, 1280])('sees everything in its place at %i pixels', async width => {
    const { page } = await showPage(browser, await pageOf('incomplete'), { viewport: { width, height: 500 } });
    expect(await outOfPlace(page)).toEqual([]);
  });

  it('comes from the page that stands alone to Argo CD by a click', async () => {
    const { page } = await showPage(browser, await pageOf('recorded'));
    await page.locator('#deployed a').first().click();
    await page.waitForURL(ARGO_CD);
  });

  it('keeps the page in the frame of Argo Workflows, and opens a link with Ctrl', async () => {
    const { page, frame } = await showInFrame(browser, await pageOf('recorded'));
    await frame.locator('#deployed a').first().click();
    await frame.locator('nav a', { hasText: 'Record' }).last().click();
    expect(await frame.locator('#record').isVisible()).toBe(true);
    const opened = page.context().waitForEvent('page');
    await frame
      .locator('#deployed a')
      .first()
      .click({ modifiers: ['Control'] });
    await opened;
    expect(await frame.locator('#record').isVisible()).toBe(true);
  });

  it('finds the place of a link in a page of a thousand artifacts', async () => {
    const { page, complaints } = await showPage(browser, await longPage(1000, 30));
    await page.locator('nav a', { hasText: 'Record' }).last().click();
    await expect
      .poll(async () => (await page.locator('#record-title').boundingBox())?.y)
      .toSatisfy((y?: number) => y !== undefined && y >= 0 && y < 700);
    expect(await page.locator('#recorded tbody tr').count()).toBe(1000);
    expect(complaints).toEqual([]);
  });

  it('sees many images in tables of their own, whoever it is', async () => {
    const { page } = await showPage(browser, await longPage(52, 2), {}, null);
    expect(await page.locator('#images caption').allTextContents()).toEqual([
      'Images, changed ones first: 1 to 50',
      'Images, changed ones first: 51 to 52',
    ]);
    expect(await outOfPlace(page)).toEqual([]);
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('prints what is folded', async () => {
    const { page } = await showPage(browser, await longPage(20, 1));
    const folded = page.locator('details:not([open]) table').first();
    expect(await folded.isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await folded.isVisible()).toBe(true);
    expect((await folded.boundingBox())?.height).toBeGreaterThan(100);
  });
});

const ARGO_WORKFLOWS = process.env.AFTERSYNC_ARGO_WORKFLOWS;
it.skipIf(!ARGO_WORKFLOWS)(
  'the policy of these tests is that of the Argo server (needs AFTERSYNC_ARGO_WORKFLOWS)',
  () => {
    const server = readFileSync(`${ARGO_WORKFLOWS}/server/artifacts/artifact_server.go`, 'utf8');
    expect(/"ARGO_ARTIFACT_CONTENT_SECURITY_POLICY", "([^"]+)"/.exec(server)?.[1]).toBe(ARGO_CONTENT_POLICY);
  },
);
