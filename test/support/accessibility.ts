import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 A and AA, and what axe calls best practice. The page must have been shown without the policy that stops scripts. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations, passes } = await page.evaluate(
    runOnly => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly }),
    tags,
  );
  if (passes.length === 0) return ['axe looked at nothing'];
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}, ${help}: ${html}`));
}
