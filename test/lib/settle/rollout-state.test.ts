import { describe, expect, it } from 'vitest';
import { LiveWorkload, labelSelectorOf } from '../../../lib/settle/live-workload.ts';
import { waitingFor } from '../../../lib/settle/rollout-state.ts';
import type { WorkloadKind } from '../../../lib/settle/workload-kinds.ts';

const workload = (spec: object, status: object, metadata: object = {}) =>
  LiveWorkload.parse({ metadata: { uid: 'u', generation: 2, ...metadata }, spec, status });

const done = { observedGeneration: 2, updatedReplicas: 3, replicas: 3, readyReplicas: 3 };
const daemon = { observedGeneration: 2, desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberReady: 4 };
const stateful = { observedGeneration: 2, updateRevision: 'b', currentRevision: 'b', readyReplicas: 3 };
const rollout = { observedGeneration: '2', phase: 'Healthy', currentPodHash: 'b', stableRS: 'b' };
const partitioned = { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } };
const three = { replicas: 3 };
const onDelete = { replicas: 3, updateStrategy: { type: 'OnDelete' } };

describe('waitingFor', () => {
  it.each<[string, WorkloadKind, object, object, string | null]>([
    ['done', 'apps/Deployment', three, done, null],
    [
      'one replica by default',
      'apps/Deployment',
      {},
      { ...done, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
      null,
    ],
    ['scaled to zero', 'apps/Deployment', { replicas: 0 }, { observedGeneration: 2 }, null],
    [
      'not observed',
      'apps/Deployment',
      three,
      { ...done, observedGeneration: 1 },
      'its controller has not seen the change yet',
    ],
    ['no status', 'apps/Deployment', three, {}, 'its controller has not seen the change yet'],
    ['half updated', 'apps/Deployment', three, { ...done, updatedReplicas: 1 }, '1 of 3 replicas are updated'],
    ['surge', 'apps/Deployment', three, { ...done, replicas: 4 }, '1 old replicas are still there'],
    ['not ready', 'apps/Deployment', three, { ...done, readyReplicas: 2 }, '2 of 3 replicas are ready'],
    ['paused', 'apps/Deployment', { replicas: 3, paused: true }, done, 'it is paused'],
    ['done', 'apps/StatefulSet', three, stateful, null],
    ['mid-flight', 'apps/StatefulSet', three, { ...stateful, currentRevision: 'a' }, 'old replicas are still there'],
    ['not ready', 'apps/StatefulSet', three, { ...stateful, readyReplicas: 0 }, '0 of 3 replicas are ready'],
    [
      'partition reached',
      'apps/StatefulSet',
      partitioned,
      { ...stateful, currentRevision: 'a', updatedReplicas: 1 },
      null,
    ],
    [
      'partition waiting',
      'apps/StatefulSet',
      partitioned,
      { ...stateful, updatedReplicas: 0 },
      '0 of 1 replicas are updated',
    ],
    [
      'all deleted by hand, where currentRevision stays',
      'apps/StatefulSet',
      onDelete,
      { ...stateful, currentRevision: 'a', updatedReplicas: 3 },
      null,
    ],
    [
      'one not deleted yet',
      'apps/StatefulSet',
      onDelete,
      { ...stateful, currentRevision: 'a', updatedReplicas: 2 },
      '2 of 3 pods are updated; OnDelete leaves it to somebody to delete the others',
    ],
    [
      'all deleted by hand, one not ready',
      'apps/StatefulSet',
      onDelete,
      { ...stateful, currentRevision: 'a', updatedReplicas: 3, readyReplicas: 2 },
      '2 of 3 replicas are ready',
    ],
    ['all deleted by hand', 'apps/DaemonSet', onDelete, daemon, null],
    [
      'one not deleted yet',
      'apps/DaemonSet',
      onDelete,
      { ...daemon, updatedNumberScheduled: 3 },
      '3 of 4 pods are updated; OnDelete leaves it to somebody to delete the others',
    ],
    ['done', 'apps/DaemonSet', {}, daemon, null],
    ['half updated', 'apps/DaemonSet', {}, { ...daemon, updatedNumberScheduled: 2 }, '2 of 4 pods are updated'],
    ['not ready', 'apps/DaemonSet', {}, { ...daemon, numberReady: 3 }, '3 of 4 replicas are ready'],
    ['done', 'apps/ReplicaSet', three, done, null],
    ['not ready', 'apps/ReplicaSet', three, { ...done, readyReplicas: 1 }, '1 of 3 replicas are ready'],
    ['done', 'argoproj.io/Rollout', three, rollout, null],
    ['canary paused', 'argoproj.io/Rollout', three, { ...rollout, phase: 'Paused' }, 'its phase is Paused'],
    [
      'aborted',
      'argoproj.io/Rollout',
      three,
      { ...rollout, phase: 'Degraded', abort: true },
      'it was aborted, its pods run the version before',
    ],
    ['no phase', 'argoproj.io/Rollout', three, { observedGeneration: '2' }, 'its phase is not known'],
    ['old pods', 'argoproj.io/Rollout', three, { ...rollout, stableRS: 'a' }, 'old replicas are still there'],
    [
      'generation as text',
      'argoproj.io/Rollout',
      three,
      { ...rollout, observedGeneration: '1' },
      'its controller has not seen the change yet',
    ],
    ['nothing to wait for', 'batch/Job', {}, {}, null],
    ['nothing to wait for', 'batch/CronJob', {}, {}, null],
    ['nothing to wait for', '/Pod', {}, {}, null],
  ])('%s: %s', (_, kind, spec, status, answer) => {
    expect(waitingFor(kind, workload(spec, status))).toBe(answer);
  });

  it('does not trust what is being deleted', () => {
    const deleted = workload(three, done, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(waitingFor('apps/Deployment', deleted)).toBe('it is being deleted');
  });
});

describe('labelSelectorOf', () => {
  it.each<[object | undefined, string | null]>([
    [{ matchLabels: { app: 'api', tier: 'web' } }, 'app=api,tier=web'],
    [
      {
        matchLabels: { app: 'api' },
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['x', 'y'] },
          { key: 'b', operator: 'NotIn', values: ['z'] },
          { key: 'c', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist' },
        ],
      },
      'app=api,a in (x,y),b notin (z),c,!d',
    ],
    [{}, null],
    [undefined, null],
  ])('writes %j', (selector, text) => {
    expect(labelSelectorOf(workload({ selector }, {}))).toBe(text);
  });
});
