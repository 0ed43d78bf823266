import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { IGNORE_ANNOTATION, scopeOf } from '../../../lib/contracts/scope.ts';
import { at } from '../../steps/fetch-app/event-of.ts';
import { ARGOCD, conditionsOf } from './engine.ts';
import { HEARD, SILENT } from './situations.ts';

const all = [...Object.entries(HEARD), ...Object.entries(SILENT)];
const annotationsOf = (application: unknown) =>
  at(application, 'metadata', 'annotations') as Record<string, string> | undefined;

describe('scope', () => {
  it('is every Application but the annotated one', () => {
    const ignored = all
      .filter(
        ([, application]) =>
          scopeOf({ namespace: 'argocd', name: 'a', annotations: annotationsOf(application) }, ['*']) === 'ignored',
      )
      .map(([name]) => name);
    expect(ignored).toEqual(['annotated to be ignored']);
  });

  it('is the same for the trigger of Argo CD', () => {
    const config = parse(readFileSync('event-sources/argocd/notifications-cm.yaml', 'utf8'));
    const conditions: { when: string }[] = parse(config.data['trigger.aftersync']);
    for (const { when } of conditions) expect(when).toContain(`annotations?.['${IGNORE_ANNOTATION}'] != 'true'`);
  });
});

describe.skipIf(ARGOCD === '')('the trigger, run by Argo CD (needs AFTERSYNC_ARGOCD, the path of the binary)', () => {
  it.each(Object.entries(HEARD))('fires twice: %s', async (_, application) => {
    expect(await conditionsOf(application)).toEqual([true, true]);
  });

  it.each(Object.entries(SILENT))('does not fire: %s', async (_, application) => {
    expect(await conditionsOf(application)).toEqual([false, false]);
  });
});
