import { describe, expect, it } from 'vitest';
import { openDirectoryAlerts } from '../../lib/alerts/directory.ts';
import { raise, resolve } from '../../lib/alerts/raise.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { openDirectoryLedger } from '../../lib/ledger/directory.ts';
import { main } from '../../records/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { cause } from '../support/alerts.ts';
import { ID, LIFE, openingOf, planOf, subjectOf } from '../support/chained-record.ts';
import { deploymentOf } from '../support/deployment.ts';
import { asYaml, exportOf, recordOf, storedOf } from '../support/export.ts';
import { runStep, workspace } from '../support/run-step.ts';

const OTHER = '9a8b7c6d5e4f3021';
const at = '2026-11-21T10:01:00.000Z';

/** A production sync of another application, of which everything is recorded. */
const OTHER_LIFE: readonly Change[] = [
  {
    type: 'open',
    at,
    run: 'run-7',
    previous: null,
    deployment: {
      ...deploymentOf(OTHER, '2026-11-21T10:00:00Z', 'uid-2'),
      source: { ...deploymentOf(OTHER).source, name: 'checkout', namespace: 'shop', uid: 'uid-2' },
      targetEnvironment: 'production',
    },
  },
  release(),
  { type: 'claim', at, step: 'submit-release', subject: OTHER, owner: 'o', leaseUntil: at, keyHonoured: true },
  {
    type: 'result',
    at,
    step: 'submit-release',
    subject: OTHER,
    owner: 'o',
    keyHonoured: true,
    result: { state: 'accepted', httpStatus: 201, responseId: null, detail: 'recorded', attempts: 1, repeats: 0 },
  },
];

function release(): Change {
  const plan = planOf('checkout');
  if (plan.type !== 'plan') throw new Error('no plan');
  const [evidence] = plan.deliveries;
  if (evidence === undefined) throw new Error('no delivery');
  return {
    ...plan,
    step: 'submit-release',
    deliveries: [{ ...evidence, step: 'submit-release', subject: OTHER, reference: 'CHG0042' }],
  };
}

const document = exportOf(storedOf(recordOf(LIFE)), storedOf(recordOf(OTHER_LIFE)));

async function records(...argv: string[]) {
  const { path } = await workspace({ 'records.json': document });
  const [command = '', ...rest] = argv;
  return runStep(main, [command, '--file', path('records.json'), ...rest]);
}
const named = (output: string): string[] => output.match(/[0-9a-f]{16}/g) ?? [];

describe('records list', () => {
  it('prints one line a record, the newest first, and no colours where nobody sees them', async () => {
    expect(await records('list')).toEqual({
      exitCode: 0,
      output:
        'ID                 APP         ENV          PHASE       ARTIFACTS   SUBMITTED   STATE      CHANGE    STARTED\n' +
        '9a8b7c6d5e4f3021   checkout    production   Succeeded   0           0           complete   CHG0042   2026-11-21T10:00:00Z\n' +
        '5f2d8c0a1b3e4976   guestbook   staging      Succeeded   3           1           owed                 2026-11-20T10:00:00Z\n',
    });
  });

  it.each([
    [['--application=checkout'], [OTHER]],
    [['--application=shop/checkout'], [OTHER]],
    [['--application=argocd/checkout'], []],
    [['--namespace=argocd'], [ID]],
    [['--environment=production'], [OTHER]],
    [['--change-request=CHG0042'], [OTHER]],
    [[`--digest=${subjectOf('job').split('@')[1]}`], [ID]],
    [[`--digest=${subjectOf('job').split('sha256:')[1]?.slice(0, 10)}`], [ID]],
    [[`--digest=sha256:${'0'.repeat(64)}`], []],
    [['--image=shop/web:1'], [ID]],
    [['--image=shop/nothing'], []],
    [['--since=2026-11-21'], [OTHER]],
    [['--since=2026-11-21T10:00:01Z'], []],
    [['--since=36500d'], [OTHER, ID]],
    [['--incomplete'], [ID]],
    [['--incomplete', '--environment=production'], []],
  ])('finds by %j', async (flags, expected) => {
    const { exitCode, output } = await records('list', ...flags, '-o', 'name');
    expect(exitCode).toBe(0);
    expect(named(output)).toEqual(expected);
    if (expected.length === 0) expect(output).toMatch(/^records: none of 2 is like that/);
  });

  it('prints names as kubectl does', async () => {
    const { output } = await records('list', '-o', 'name', '--incomplete');
    expect(output).toBe(`deploymentrecord.aftersync.dev/${ID}\n`);
  });

  it('says more with -o wide', async () => {
    const { output } = await records('list', '-o', 'wide');
    expect(output).toMatch(/INSTANCE +NAMESPACE +INITIATOR +REVISION +KIND +RUNS +HEAD$/m);
    expect(output).toMatch(/default +argocd +argocd-automated-sync +2 +[0-9a-f]{12}$/m);
  });

  it.each(['json', 'yaml'])('prints with -o %s what verify reads', async format => {
    const { output } = await records('list', '-o', format);
    const { path } = await workspace({ again: output });
    expect(await runStep(verify, ['--all', '--file', path('again')])).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^2 records: 2 hold/m),
    });
  });

  it('prints an empty list for programs where there is none', async () => {
    const { output } = await records('list', '--environment=nowhere', '-o', 'json');
    expect(JSON.parse(output.slice(output.indexOf('{')))).toEqual({ apiVersion: 'v1', kind: 'List', items: [] });
  });

  it('says how many cannot be read', async () => {
    const broken = { apiVersion: 'aftersync.dev/v1alpha1', kind: 'DeploymentRecord', metadata: { name: 'x' } };
    const { path } = await workspace({ 'a.json': { kind: 'List', items: [...document.items, broken] } });
    const { output } = await runStep(main, ['list', '--file', path('a.json')]);
    expect(output).toMatch(/^records: 1 cannot be read; aftersync verify --all says why$/m);
  });

  it('reads the records of a directory', async () => {
    const { directory } = await workspace();
    await openDirectoryLedger(directory).apply(ID, [openingOf('run-1'), planOf('api')]);
    const { exitCode, output } = await runStep(main, ['list', `--ledger=${directory}`]);
    expect(output).toContain(`${ID}   guestbook`);
    expect(exitCode).toBe(0);
    const verified = await runStep(verify, [ID, `--ledger=${directory}`]);
    expect(verified).toMatchObject({ exitCode: 0, output: expect.stringContaining('holds') });
  });

  it.each([
    [['list', '--since=yesterday'], /Not a time: --since=yesterday; say 2026-11-20/],
    [['list', '-o', 'xml'], /Allowed choices are json, yaml, name, wide/],
    [['show', '0000000000000000'], /No such record: 0000000000000000/],
  ])('exits 2 on %j', async (argv, message) => {
    const { exitCode, output } = await records(...argv);
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it('exits 2 where nothing says where the records are', async () => {
    const { exitCode, output } = await runStep(main, ['list']);
    expect(output).toMatch(/^records: No records: --file, --ledger; name an export/);
    expect(exitCode).toBe(2);
  });
});

describe('an export of kubectl', () => {
  it('may name a record that others would read as a number', async () => {
    const id = '12345678e1234567';
    const [opening] = LIFE;
    if (opening?.type !== 'open') throw new Error('no opening');
    const record = recordOf([{ ...opening, deployment: deploymentOf(id) }]);
    const text = asYaml(exportOf(storedOf(record))).replaceAll(/"(12345678e1234567)"/g, '$1');
    expect(text).toContain(`name: ${id}`);
    const { path } = await workspace({ 'records.yaml': text });
    expect((await runStep(main, ['list', '--file', path('records.yaml'), '-o', 'name'])).output).toContain(id);
    expect(await runStep(verify, [id, '--file', path('records.yaml')])).toMatchObject({ exitCode: 0 });
  });
});

describe('records show', () => {
  it('prints what an auditor asks first', async () => {
    const { exitCode, output } = await records('show', OTHER);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^Application: +shop\/checkout \(project default, Argo CD default\)$/m);
    expect(output).toMatch(/^Initiator: +argocd-automated-sync \(automated\)$/m);
    expect(output).toMatch(/^Change: +CHG0042$/m);
    expect(output).toMatch(/^Chain: +\d receipts since 2026-11-21T10:01:00.000Z, 0 signatures$/m);
    expect(output).toMatch(/^registry.example.com\/shop\/checkout:1.0.0 +updated +sha256:[0-9a-f]{64} +pod$/m);
    expect(output).toMatch(/^release +9a8b7c6d5e4f3021 +accepted +201 +2026-11-21T10:01:00.000Z$/m);
  });

  it('shows nothing that could move the cursor of a terminal', async () => {
    const life = structuredClone(OTHER_LIFE);
    if (life[0]?.type === 'open') life[0].deployment.operation.message = 'a\u001b[2Jb\nc';
    const { path } = await workspace({ 'a.json': exportOf(storedOf(recordOf(life))) });
    const { output } = await runStep(main, ['show', OTHER, '--file', path('a.json')]);
    expect(output).toMatch(/^Phase: +Succeeded: a \[2Jb c$/m);
  });
});

describe('what has no record', () => {
  const [LOST, RESOLVED] = ['00000000000000b1', '00000000000000b2'];
  const here = async (raised: Record<string, Partial<typeof cause>>) => {
    const { path } = await workspace();
    const ledger = openDirectoryLedger(path('records'));
    for (const [id, life] of [
      [ID, LIFE],
      [OTHER, OTHER_LIFE],
    ] as const)
      await ledger.apply(id, life);
    const store = openDirectoryAlerts(path('records-alerts'));
    const clients = { store, receivers: [], now: () => '2026-11-22T10:00:00Z' };
    for (const [name, over] of Object.entries(raised))
      await raise({ name, cause: { ...cause, operation: name, ...over } }, clients);
    await resolve(RESOLVED, 'mended', clients);
    return (...argv: string[]) => runStep(main, ['list', '--ledger', path('records'), ...argv]);
  };

  it('is listed where an alert fires of it', async () => {
    const list = await here({
      [LOST]: {},
      [RESOLVED]: {},
      [ID]: {},
      'dead-letter-1': { operation: null, application: null },
    });
    const { exitCode, output } = await list('--incomplete');
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^records: 2 alerts of what has no record; aftersync alerts list says what$/m);
    expect(output).toMatch(/^00000000000000b1 +shop +prod +no record +2026-11-22T10:00:00Z$/m);
    expect(output).toMatch(/^dead-letter-1 +prod +no record/m);
    expect(named(output)).not.toContain(RESOLVED);
    expect(named(output).filter(id => id === ID)).toHaveLength(1);
  });

  it.each<[string[], boolean]>([
    [['--application=argocd/shop'], true],
    [['--application=other'], false],
    [['--environment=staging'], false],
    [['--image=web'], false],
    [['--since=2026-11-23'], false],
  ])('is listed as the filter says: %j', async (flags, isListed) => {
    const list = await here({ [LOST]: {} });
    expect(named((await list(...flags)).output).includes(LOST)).toBe(isListed);
  });

  it('is in an export, and is read from one', async () => {
    const list = await here({ [LOST]: {} });
    const { output } = await list('-o', 'json');
    const { path } = await workspace({ 'export.json': JSON.parse(output.replace(/^records: .*\n/gm, '')) });
    const again = await runStep(main, ['list', '--incomplete', '--file', path('export.json')]);
    expect(again.output).toMatch(/^00000000000000b1 .*no record/m);
  });

  it('is not said to be nothing where the export does not tell of it', async () => {
    const { path } = await workspace({ 'records.json': exportOf(storedOf(recordOf(OTHER_LIFE))) });
    expect((await runStep(main, ['list', '--incomplete', '--file', path('records.json')])).output).toBe(
      'records: none of 1 is like that; the export holds no alerts: without deploymentalerts in it, what has no record is not seen\n',
    );
  });
});

describe('what is particular about a sync', () => {
  it.each([
    [{ dryRun: true }, null, 'dry run'],
    [{ partial: true, selfHeal: true }, null, 'selected resources only, self-heal'],
    [{ manifests: 'local' as const }, null, "manifests from somebody's machine, from no source"],
    [{}, 7, 'rollback to history entry 7'],
  ])('%j is said by show and by the wide list', async (operation, rollbackOf, said) => {
    const opening = openingOf('run-1') as Extract<Change, { type: 'open' }>;
    const deployment = {
      ...opening.deployment,
      operation: { ...opening.deployment.operation, ...operation },
      rollbackOf,
    };
    const { path } = await workspace({ 'records.json': exportOf(storedOf(recordOf([{ ...opening, deployment }]))) });
    const run = async (...argv: string[]) => (await runStep(main, [...argv, '--file', path('records.json')])).output;
    expect(await run('show', ID)).toMatch(new RegExp(`^Kind: +${said}$`, 'm'));
    expect(await run('list', '-o', 'wide')).toContain(said);
  });

  it('is also what could not be looked at', async () => {
    const hidden = { what: 'init-containers', where: 'Deployment in shop', why: 'Kubernetes refused (403)' } as const;
    const plan = { ...planOf('api'), artifacts: 'unknown', notLookedAt: [hidden] } as Change;
    const record = recordOf([openingOf('run-1'), plan]);
    const files = {
      'records.json': exportOf(storedOf(record)),
      'altered.json': exportOf(storedOf({ ...record, notLookedAt: [] })),
    };
    const { path } = await workspace(files);
    const shown = await runStep(main, ['show', ID, '--file', path('records.json')]);
    expect(shown.output).toMatch(/^Not looked at: +Deployment in shop: Kubernetes refused \(403\)$/m);
    expect((await runStep(verify, [ID, '--file', path('records.json')])).exitCode).toBe(0);
    expect((await runStep(verify, [ID, '--file', path('altered.json')])).output).toMatch(/status\.images/);
  });
});
