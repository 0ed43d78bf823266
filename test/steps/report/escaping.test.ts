import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { ArtifactSet } from '../../../lib/contracts/artifact-set.ts';
import { Deployment } from '../../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { ImageDiff } from '../../../lib/contracts/image-diff.ts';
import { ReleaseReceipt } from '../../../lib/contracts/release-receipt.ts';
import { parseFailures } from '../../../lib/run/failures.ts';
import type { Part } from '../../../lib/run/run.ts';
import { registerSecret } from '../../../lib/runtime/redact.ts';
import { report } from '../../../steps/report/step.ts';
import { link } from '../../../steps/report/views/markup.ts';
import { sampleRun } from '../../support/sample-run.ts';

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror='alert(1)'>`,
  `' onmouseover='alert(1)`,
  `javascript:alert(1)`,
  `https://example.com/"onfocus="alert(1)`,
  `{{workflow.name}}{{=sprig.env("HOME")}}`,
  `</style></title><b>&amp;`,
  `data:text/html,<script>alert(1)</script>`,
];

/** Puts a text into every string that its contract leaves free. */
function poisoned<T extends z.ZodType>(schema: T, value: unknown, text: string): Part<z.output<T>> {
  const replace = (part: unknown, refused: ReadonlySet<string>, path: string): unknown => {
    if (typeof part === 'string') return refused.has(path) ? part : text;
    if (Array.isArray(part)) return part.map((entry, index) => replace(entry, refused, `${path}/${index}`));
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, entry]) => [key, replace(entry, refused, `${path}/${key}`)]),
    );
  };
  const issues = schema.safeParse(replace(value, new Set(), '')).error?.issues ?? [];
  const refused = new Set(issues.map(issue => `/${issue.path.join('/')}`));
  return { state: 'read', value: schema.parse(replace(value, refused, '')) };
}

async function pageOf(text: string): Promise<string> {
  const sample = await sampleRun();
  if (sample.evidence.receipts[0]) sample.evidence.receipts[0].outcome = 'rejected';
  return report(
    {
      workflow: text,
      namespace: text,
      status: text,
      failures: parseFailures(JSON.stringify([{ displayName: text, message: text, finishedAt: text }])),
      deployment: poisoned(Deployment, sample.deployment, text),
      imageDiff: poisoned(
        ImageDiff,
        { ...sample.imageDiff, notLookedAt: [{ what: 'pods', where: '', why: '' }] },
        text,
      ),
      artifacts: poisoned(ArtifactSet, sample.artifacts, text),
      evidence: poisoned(EvidenceReceipts, sample.evidence, text),
      release: poisoned(ReleaseReceipt, sample.release, text),
    },
    { changeRequestUrl: `https://example.com/${text}{number}`, records: { kind: 'files', paths: [text] } },
  );
}

describe.each(HOSTILE)('a run in which every string is %s', text => {
  const page = () => pageOf(text);

  it('makes a page of our own elements and attributes only', async () => {
    const html = await page();
    const known =
      'html|head|meta|title|style|body|header|nav|main|footer|section|details|summary|h[123]|p|ul|li|dl|div|dt|dd|table|caption|thead|tbody|tr|th|td|span|strong|b|code|a|br|wbr|time';
    const attribute = ' (?:lang|charset|name|content|id|class|aria-[a-z]+|href|rel|target|scope|datetime)="[^"<>]*"';
    const tag = new RegExp(`^(?:<!doctype html>|<(?:${known})(?:${attribute}| open)* *>|</(?:${known})>)`);
    const strange = [...html.matchAll(/</g)]
      .map(({ index }) => html.slice(index, index + 200))
      .filter(rest => !tag.test(rest));
    expect(strange).toEqual([]);
  });

  it('links to web pages and places of its own only, and loads nothing', async () => {
    const html = await page();
    const targets = [...html.matchAll(/href="([^"]*)"/g)].map(match => match[1]);
    expect(targets.filter(target => !/^(?:https?:\/\/|#)/.test(target ?? ''))).toEqual([]);
    expect(html).not.toMatch(/url\(|@import|http-equiv/);
  });

  it('is shown as it is', async () => {
    const escaped = text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
    expect((await page()).replaceAll('<wbr>', '')).toContain(escaped);
  });
});

it('a page holds nothing that is not seen, no secret and no credentials of a URL', async () => {
  registerSecret('canary-4711/secret');
  const page = await pageOf(
    'a\u202eb\u009b\u200b\u{e0041}\u001b[31m canary-4711/secret https://canary:canary@git.example.com/x https://git.example.com/y',
  );
  expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|canary/u);
  expect(page.replaceAll('<wbr>', '')).toContain('*** https://git.example.com/x');
});

describe('a link', () => {
  it('does not show credentials', async () => {
    const shown = String(await link('https://someone:canary@git.example.com/x.git')).replaceAll('<wbr>', '');
    expect(shown).toContain('href="https://git.example.com/x.git"');
    expect(shown).not.toContain('canary');
  });
});
