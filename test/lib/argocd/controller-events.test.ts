import { describe, expect, it } from 'vitest';
import {
  ControllerEvent,
  readControllerEvents,
  toCompleted,
  toStarted,
} from '../../../lib/argocd/controller-events.ts';
import type { ObjectPages } from '../../../lib/clients/object-pages.ts';

const event = (note: string, annotations: Record<string, string> = {}) =>
  ControllerEvent.parse({
    metadata: { creationTimestamp: '2026-11-20T10:00:09Z', annotations },
    regarding: { kind: 'Application', uid: 'uid-1' },
    note,
    deprecatedFirstTimestamp: '2026-11-20T10:00:00Z',
    deprecatedSource: { component: 'argocd-application-controller' },
  });

/** Notes as Argo CD 3.5 writes them. */
describe('OperationCompleted', () => {
  it.each([
    ['Sync operation to c759e1b succeeded', { succeeded: true, partial: false, revision: 'c759e1b', message: '' }],
    ['Partial sync operation to c759e1b succeeded', { succeeded: true, partial: true, revision: 'c759e1b' }],
    ['Sync operation to  succeeded', { succeeded: true, revision: '' }],
    ['Sync operation succeeded', { succeeded: true, revision: '' }],
    [
      'Sync operation to 368aa9d failed: one or more tasks\nfailed: spec succeeded',
      { succeeded: false, partial: false, revision: '368aa9d', message: 'one or more tasks\nfailed: spec succeeded' },
    ],
    ['Sync operation failed: ComparisonError: x', { succeeded: false, revision: '', message: 'ComparisonError: x' }],
  ])('%s', (note, expected) => {
    expect(toCompleted(event(note))).toMatchObject({ uid: 'uid-1', at: '2026-11-20T10:00:00Z', ...expected });
  });

  it('is left where its text is another one', () => {
    expect(toCompleted(event('Synchronised to c759e1b'))).toBeNull();
  });

  it("is the controller's alone", () => {
    const told = event('Sync operation to c759e1b succeeded');
    const reported = { reportingController: 'argocd-application-controller' };
    expect(toCompleted({ ...told, deprecatedSource: null, ...reported })).toMatchObject({ succeeded: true });
    expect(toCompleted({ ...told, deprecatedSource: { component: 'kubectl' } })).toBeNull();
    expect(toCompleted({ ...told, deprecatedSource: undefined })).toBeNull();
  });
});

describe('OperationStarted', () => {
  it.each([
    ["Initiated automated sync to 'c759e1b'", {}, { automated: true }],
    ['ada initiated sync to main (c759e1b)', { user: 'ada' }, { username: 'ada' }],
    ['Unknown user initiated sync to main', {}, {}],
  ])('%s', (note, annotations, initiatedBy) => {
    expect(toStarted(event(note, annotations))).toEqual({ uid: 'uid-1', at: '2026-11-20T10:00:00Z', initiatedBy });
  });

  it('has the time of its creation where it has none of its own', () => {
    const { deprecatedFirstTimestamp: _, ...rest } = event('x');
    expect(toStarted(rest as ControllerEvent).at).toBe('2026-11-20T10:00:09Z');
  });
});

describe('the Events of a namespace', () => {
  const said = (note: string) => ({ ...event(note), reason: 'OperationCompleted' });
  const pagesOf = (objects: unknown[]): ObjectPages => {
    async function* none() {}
    return {
      async *whole(_, { fieldSelector = '' }) {
        if (fieldSelector.endsWith('reason=OperationCompleted')) yield objects;
      },
      metadata: none,
      table: none,
    };
  };

  it('are read although one of them tells nothing, which is said', async () => {
    const heard: string[] = [];
    const objects = [
      { metadata: {} },
      { ...event('x'), deprecatedFirstTimestamp: 'soon' },
      said('Sync operation succeeded'),
    ];
    const found = await readControllerEvents(pagesOf(objects), 'argocd', undefined, ({ message }) =>
      heard.push(message),
    );
    expect(found.get('uid-1')?.completed).toHaveLength(1);
    expect(heard).toEqual([
      expect.stringMatching(/^Not as documented: Event in argocd: regarding/),
      expect.stringMatching(/deprecatedFirstTimestamp: not a time/),
    ]);
  });

  it('are bounded for each Application', async () => {
    const heard: string[] = [];
    const many = Array.from({ length: 600 }, () => said('Sync operation succeeded'));
    const other = { ...said('Sync operation succeeded'), regarding: { uid: 'uid-2' } };
    const found = await readControllerEvents(pagesOf([...many, other]), 'argocd', undefined, ({ message }) =>
      heard.push(message),
    );
    expect([...found].map(([uid, { completed }]) => [uid, completed.length])).toEqual([
      ['uid-1', 500],
      ['uid-2', 1],
    ]);
    expect(heard).toEqual([expect.stringMatching(/^Too many Events: of one Application in argocd, uid uid-1/)]);
  });
});
