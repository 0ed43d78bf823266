import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A Chromium of this machine; tests of what a reader sees need it. */
const CHROMIUM = process.env.AFTERSYNC_CHROMIUM;
export const hasBrowser = Boolean(CHROMIUM);

/**
 * What the Argo server sends with an artifact, setSecurityHeaders in server/artifacts/artifact_server.go of Argo Workflows
 * 3.7.15 and 4.1.2.
 */
export const ARGO_CONTENT_POLICY =
  "sandbox allow-same-origin; base-uri 'none'; default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'";

/**
 * A browser that sees one font wherever it runs, without the machine's own taste in edges and colours. The page is not touched
 * for it: it asks for the system's fonts, and these are the system's.
 */
export async function openBrowser(): Promise<Browser> {
  const directory = await mkdtemp(join(tmpdir(), 'aftersync-browser-'));
  const fonts = join(directory, 'fonts.conf');
  await writeFile(fonts, fontsConf(directory));
  return chromium.launch({
    ...(CHROMIUM && { executablePath: CHROMIUM }),
    env: { ...process.env, FONTCONFIG_FILE: fonts, HOME: directory },
    args: ['--disable-gpu', '--disable-lcd-text', '--font-render-hinting=none', '--force-color-profile=srgb'],
  });
}

const fontsConf = (directory: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${resolve('node_modules/dejavu-fonts-ttf/ttf')}</dir>
  <cachedir>${join(directory, 'cache')}</cachedir>
  <selectfont><rejectfont>
    <glob>*Serif*</glob><glob>*Condensed*</glob><glob>*Oblique*</glob><glob>*ExtraLight*</glob><glob>*Math*</glob>
  </rejectfont></selectfont>
  <alias binding="same"><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias binding="same"><family>system-ui</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias binding="same"><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
`;

const ARGO = 'http://argo.test';
/** The page of a Workflow, as far as it matters: the frame of artifact-panel.tsx. */
const PANEL = '<iframe src="/report.html" style="width: 100%; height: 500px; border: none"></iframe>';

export interface Shown {
  page: Page;
  /** What the browser complained about, and what it asked for beside the page. */
  complaints: string[];
}

/** Opens a page as the Argo server would send it. @param policy null for none, so that scripts of a test may run in it */
export async function showPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
  policy: string | null = ARGO_CONTENT_POLICY,
): Promise<Shown> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  const headers = policy === null ? undefined : { 'content-security-policy': policy, 'x-frame-options': 'SAMEORIGIN' };
  await context.route('**/*', route => {
    const url = route.request().url();
    const contentType = 'text/html; charset=utf-8';
    if (url === `${ARGO}/report.html`) return route.fulfill({ contentType, headers, body: html });
    if (url === `${ARGO}/`) return route.fulfill({ contentType, body: PANEL });
    complaints.push(`asked for ${url}`);
    return route.fulfill({ contentType, headers: { 'x-frame-options': 'SAMEORIGIN' }, body: 'elsewhere' });
  });
  await page.goto(`${ARGO}/report.html`);
  return { page, complaints };
}

/** The same, in the frame of the Argo Workflows page. */
export async function showInFrame(browser: Browser, html: string, options: BrowserContextOptions = {}) {
  const { page, complaints } = await showPage(browser, html, options);
  await page.goto(ARGO);
  return { page, complaints, frame: page.frameLocator('iframe') };
}
