import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../alerts/cli.ts';
import { openDirectoryAlerts } from '../../lib/alerts/directory.ts';
import { createKubernetesAlerts } from '../../lib/alerts/kubernetes.ts';
import { raise, resolve } from '../../lib/alerts/raise.ts';
import { createCustomObjectsStandIn } from '../../local/standins/custom-objects.ts';
import { kubeconfigFor } from '../../local/standins/kubernetes.ts';
import { cause } from '../support/alerts.ts';
import { remotes } from '../support/remotes.ts';
import { runStep, workspace } from '../support/run-step.ts';

const ID = '0123456789abcdef';
const LATER = 'fedcba9876543210';
const OVER = '00000000000000aa';
const REASON = 'Rolled back by hand, INC0012345';
const { use } = remotes();
const at = (time: string) => ({ receivers: [], now: () => `2026-11-20T${time}Z` });

/** A directory with two alerts that fire, of other environments, and one that is resolved. */
async function directory() {
  const { path } = await workspace();
  const store = openDirectoryAlerts(path('records-alerts'));
  await raise({ name: LATER, cause: { ...cause, environment: 'staging' } }, { store, ...at('11:00:00') });
  await raise({ name: ID, cause }, { store, ...at('10:00:00') });
  await raise({ name: OVER, cause }, { store, ...at('09:00:00') });
  await resolve(OVER, 'mended', { store, ...at('09:30:00') });
  return { ledger: `--ledger=${path('records')}`, store };
}

describe('alerts list', () => {
  it('shows what fires, the oldest first', async () => {
    const { ledger } = await directory();
    const { exitCode, output } = await runStep(main, ['list', ledger]);
    expect(exitCode).toBe(0);
    expect(output.split('\n').map(line => line.split(/ {3,}/))).toEqual([
      ['ID', 'APP', 'ENV', 'STATE', 'SINCE', 'WHAT'],
      [ID, 'shop', 'prod', 'firing', '2026-11-20T10:00:00Z', cause.what],
      [LATER, 'shop', 'staging', 'firing', '2026-11-20T11:00:00Z', cause.what],
      [''],
    ]);
  });

  it.each<[string[], string[]]>([
    [['--all'], [ID, LATER, OVER]],
    [['--environment=staging'], [LATER]],
    [
      ['--application=argocd/shop', '--all'],
      [ID, LATER, OVER],
    ],
    [['--application=other'], []],
  ])('%j: %j', async (flags, names) => {
    const { ledger } = await directory();
    const { output } = await runStep(main, ['list', ledger, ...flags, '-o', 'name']);
    const none = names.length === 0 ? ['alerts: none of 3 is like that'] : [];
    expect(output.trimEnd().split('\n')).toEqual([
      ...none,
      ...names.map(name => `deploymentalert.aftersync.dev/${name}`),
    ]);
  });

  it('prints the resources for programs', async () => {
    const { ledger } = await directory();
    const { output } = await runStep(main, ['list', ledger, '--environment=prod', '-o', 'json']);
    expect(JSON.parse(output)).toMatchObject({
      kind: 'List',
      items: [{ kind: 'DeploymentAlert', metadata: { name: ID }, spec: cause, status: { state: 'firing' } }],
    });
  });
});

describe('alerts accept', () => {
  it('closes one with a name and a reason, which stay', async () => {
    const { ledger, store } = await directory();
    const { exitCode, output } = await runStep(main, ['accept', ID, ledger, `--reason=${REASON}`, '--by=sam']);
    expect(output).toMatch(new RegExp(`^accepted {2}${ID} at .*Z by sam: ${REASON}\n$`));
    expect(exitCode).toBe(0);
    const kept = (await store.read(ID))?.alert;
    expect(kept).toMatchObject({
      state: 'resolved',
      accepted: { by: 'sam', identity: null, reason: REASON, what: cause.what },
    });
    await raise({ name: ID, cause }, { store, ...at('12:00:00') });
    expect((await store.read(ID))?.alert).toEqual(kept);
    const listed = await runStep(main, ['list', ledger, '--all']);
    expect(listed.output).toMatch(new RegExp(`^${ID} .* accepted .*\\(sam: ${REASON}\\)$`, 'm'));
    expect((await runStep(main, ['list', ledger])).output).not.toContain(ID);
  });

  it.each<[string, string[], RegExp]>([
    ['nobody who accepts it', [ID, '--reason=why'], /Who accepts it: --by/],
    ['no reason', [ID, '--by=sam'], /required option '--reason <text>'/],
    ['an empty reason', [ID, '--by=sam', '--reason= '], /No reason/],
    ['no such alert', ['ffffffffffffffff', '--by=sam', '--reason=why'], /No such alert.*alerts list/],
    ['what is mended already', [OVER, '--by=sam', '--reason=why'], /Nothing to accept.*mended/],
  ])('refuses %s, and changes nothing', async (_, argv, message) => {
    const { ledger, store } = await directory();
    const before = await store.list(() => {});
    const { exitCode, output } = await runStep(main, ['accept', ledger, ...argv]);
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: expect.stringMatching(message) });
    expect(await store.list(() => {})).toEqual(before);
  });
});

describe('alerts accept in a cluster', () => {
  const asked: unknown[] = [];
  const alerts = () => createCustomObjectsStandIn('aftersync.dev/v1alpha1/deploymentalerts');
  /** The API server's word on who asks. */
  const identity = (answer: () => Response) => ({
    handlers: [
      http.post('*/apis/authentication.k8s.io/v1/selfsubjectreviews', async ({ request }) => {
        asked.push(await request.json());
        return answer();
      }),
    ],
  });
  const sam = () => HttpResponse.json({ status: { userInfo: { username: 'oidc:sam@example.com' } } });
  const tooOld = () => HttpResponse.json({ kind: 'Status', code: 404 }, { status: 404 });

  beforeEach(async () => {
    asked.length = 0;
    const { path } = await workspace({ kubeconfig: kubeconfigFor('http://localhost:6443') });
    process.env.KUBECONFIG = path('kubeconfig');
  });

  it.each<[string, () => Response, string[], object]>([
    ['who the cluster says', sam, [], { by: 'oidc:sam@example.com', identity: 'oidc:sam@example.com' }],
    ['both, where somebody gives a name', sam, ['--by=kim'], { by: 'kim', identity: 'oidc:sam@example.com' }],
    ['the given name alone, where the cluster does not say', tooOld, ['--by=kim'], { by: 'kim', identity: null }],
  ])('keeps %s', async (_, answer, flags, by) => {
    const remote = alerts();
    use(remote);
    use(identity(answer));
    await raise({ name: ID, cause }, { store: createKubernetesAlerts('argocd'), ...at('10:00:00') });
    const { exitCode, output } = await runStep(main, ['accept', ID, `--reason=${REASON}`, ...flags]);
    expect(output).toContain('accepted');
    expect(exitCode).toBe(0);
    expect(remote.state.get(ID)?.status).toMatchObject({ state: 'resolved', accepted: { ...by, reason: REASON } });
    expect(asked).toEqual([{ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }]);
  });
});
