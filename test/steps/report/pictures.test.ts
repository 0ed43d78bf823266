import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, showPage } from '../../support/browser.ts';
import { differenceFrom } from '../../support/picture.ts';
import { pageOf } from '../../support/report-page.ts';

/**
 * Part of the pixels that may differ. Chromium 138 and 156, of two builds, differed in none. Badges without their colours differ in
 * 0.001, rows without their lines in 0.02, a table over its neighbour in 0.03 and a page without its style in 0.06; one wrong
 * word, which other tests are for, in 0.0001.
 */
const TOLERANCE = 0.0005;

const WIDE = { width: 1000, height: 1800 };
const PICTURES: readonly (readonly [
  name: string,
  situation: string,
  options: BrowserContextOptions,
  media: 'screen' | 'print',
])[] = [
  ['recorded', 'recorded', { viewport: WIDE }, 'screen'],
  ['incomplete', 'incomplete', { viewport: WIDE }, 'screen'],
  ['incomplete-dark', 'incomplete', { viewport: WIDE, colorScheme: 'dark' }, 'screen'],
  ['failed-sync-narrow', 'failed-sync', { viewport: { width: 360, height: 4000 } }, 'screen'],
  ['fetch-failed', 'fetch-failed', {}, 'screen'],
  ['recorded-print', 'recorded', { viewport: { width: 690, height: 2600 } }, 'print'],
];

describe.skipIf(!hasBrowser)('the report as a picture (needs AFTERSYNC_CHROMIUM)', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each(PICTURES)('%s looks as it is kept', async (name, situation, options, media) => {
    const { page, complaints } = await showPage(browser, await pageOf(situation), options);
    await page.emulateMedia({ media });
    const difference = await differenceFrom(name, await page.screenshot());
    expect(complaints).toEqual([]);
    expect(difference, `see .aftersync/pictures/${name}.difference.png`).toBeLessThanOrEqual(TOLERANCE);
  });
});
