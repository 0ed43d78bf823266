import { describe, expect, it } from 'vitest';
import { chooseStrategy, type StrategyChoice } from '../../../steps/diff-images/strategy.ts';
import { deploymentOf } from '../../support/deployment.ts';

const plain: StrategyChoice = { files: null, flag: null, configured: 'sync-result' };

describe('chooseStrategy', () => {
  it.each([
    ['as configured', plain, true, true, 'sync-result', 'chosen by evidence.strategy'],
    ['by flag', { ...plain, flag: 'argocd-diff' as const }, true, true, 'argocd-diff', 'chosen by --strategy'],
    ['by file', { ...plain, files: 'argocd-diff' as const }, true, true, 'argocd-diff', 'given by --diff'],
    ['by files', { ...plain, files: 'manifests' as const }, true, true, 'manifests', 'given by --live and --target'],
    ['over, resources kept', plain, false, true, 'sync-result', 'chosen by evidence.strategy'],
    ['over, resources lost', plain, false, false, 'manifests', /^forced: .*nothing kept the resources/],
    [
      'over, live is later',
      { ...plain, configured: 'argocd-diff' as const },
      false,
      true,
      'sync-result',
      /^forced: .*live state/,
    ],
    ['over, resources lost, flag', { ...plain, flag: 'sync-result' as const }, false, false, 'manifests', /^forced/],
    [
      'over, but a file is given',
      { ...plain, files: 'argocd-diff' as const },
      false,
      false,
      'argocd-diff',
      'given by --diff',
    ],
    ['current, resources unknown', plain, true, false, 'sync-result', 'chosen by evidence.strategy'],
  ])('%s', (_, choice, current, resourcesKnown, name, why) => {
    const deployment = deploymentOf('0123456789abcdef');
    const operation = { ...deployment.operation, current };
    const previous = { historyId: 1, deployedAt: null, revisions: [], sources: [] };
    const chosen = chooseStrategy(choice, { ...deployment, operation, resourcesKnown, previous });
    expect(chosen).toMatchObject({ name, why: expect.stringMatching(why) });
    expect(chosen.forced).toBe(chosen.why.startsWith('forced'));
  });

  it.each([true, false])('renders nothing of a failed operation (resources known: %s)', resourcesKnown => {
    const deployment = { ...deploymentOf('0123456789abcdef'), eventStatus: 'FAILED' as const, resourcesKnown };
    const over = { ...deployment, operation: { ...deployment.operation, current: false } };
    expect(chooseStrategy({ ...plain, flag: 'manifests' }, over)).toMatchObject({ name: 'sync-result', forced: true });
    expect(chooseStrategy(plain, over)).toMatchObject({ name: 'sync-result', forced: false });
  });

  it('renders the first deployment, which has nothing to make a diff against', () => {
    const chosen = chooseStrategy({ ...plain, flag: 'argocd-diff' }, deploymentOf('0123456789abcdef'));
    expect(chosen).toMatchObject({ name: 'manifests', why: expect.stringMatching(/no earlier deployment/) });
  });
});
