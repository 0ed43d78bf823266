import { describe, expect, test } from 'vitest';
import { kustomize, render } from './render.ts';

const find = (overlay: string, kind: string, name: string) =>
  render(overlay).find(one => one.kind === kind && one.metadata.name === name);

describe.skipIf(kustomize === undefined)('the component quota (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  test.each(['staging', 'production'])("%s counts our Workflows' pods, by a class that they carry", overlay => {
    expect(find(overlay, 'PriorityClass', 'aftersync-steps')).toMatchObject({ value: 0, preemptionPolicy: 'Never' });
    expect(find(overlay, 'ClusterWorkflowTemplate', 'post-deployment')).toMatchObject({
      spec: { podPriorityClassName: 'aftersync-steps' },
    });
    // Without the scope the quota would refuse Argo CD's own pods.
    expect(find(overlay, 'ResourceQuota', 'aftersync-steps')?.spec).toEqual({
      hard: { pods: '20' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['aftersync-steps'] }],
      },
    });
    expect(render(overlay).filter(({ kind }) => ['ResourceQuota', 'LimitRange'].includes(kind))).toHaveLength(1);
  });

  test('demo has none', () => expect(find('demo', 'ResourceQuota', 'aftersync-steps')).toBeUndefined());
});
