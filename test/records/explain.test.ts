import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/ledger/change.ts';
import { main } from '../../records/explain/cli.ts';
import { ID, LIFE, openingOf } from '../support/chained-record.ts';
import { evidenceOf } from '../support/deployment.ts';
import { anImage } from '../support/evidence.ts';
import { exportOf, recordOf, storedOf } from '../support/export.ts';
import { runStep, workspace } from '../support/run-step.ts';

async function explain(changes: readonly Change[], ...argv: string[]) {
  const { path } = await workspace({ 'records.json': exportOf(storedOf(recordOf(changes))) });
  return runStep(main, [ID, '--file', path('records.json'), ...argv]);
}

const plan = (images: ReturnType<typeof anImage>[], deliveries: ReturnType<typeof evidenceOf>[]): Change => ({
  type: 'plan',
  at: '2026-11-20T10:01:00.000Z',
  step: 'submit-evidence',
  images,
  deliveries,
});

describe('explain', () => {
  it('says of each image what became of it, and of each field where it came from', async () => {
    const { exitCode, output } = await explain(LIFE);
    expect(exitCode).toBe(0);
    const paragraphs = output.split('\n\n');
    expect(paragraphs.map(text => text.split('\n')[0])).toEqual([
      'recorded  registry.example.com/shop/api:1.0.0',
      'not recorded  registry.example.com/shop/web:1.0.0',
      'not recorded  registry.example.com/shop/job:1.0.0',
    ]);
    expect(paragraphs[0]).toMatch(/^ {2}it is recorded \(the store answered\)$/m);
    expect(paragraphs[0]).toMatch(/^ {2}digest sha256:[0-9a-f]{64} \(from the pod\)$/m);
    expect(paragraphs[0]).toMatch(/^ {2}eventStatus +SUCCESS +operationState.phase Succeeded$/m);
    expect(paragraphs[0]).toMatch(/^ {2}jetId +property jet.id$/m);
    expect(paragraphs[1]).toMatch(/^ {2}the store refused it/m);
    expect(paragraphs[2]).toMatch(/^ {2}it is owed and was not sent yet/m);
  });

  it('says where each field of a body came from, looked up or not', async () => {
    const body = JSON.stringify({ jetId: 'JET-1', initiator: 'kim', targetEnvironment: 'staging', sealId: 7 });
    const delivery = { ...evidenceOf('registry.example.com/shop/api:1.0.0'), body };
    const { output } = await explain([openingOf('run-1'), plan([], [delivery])], '-o', 'json');
    expect(JSON.parse(output)).toMatchObject([
      {
        fields: [
          { field: 'jetId', value: 'JET-1', from: 'property jet.id' },
          { field: 'initiator', value: 'kim', from: 'operationState.operation.initiatedBy.automated' },
          { field: 'targetEnvironment', value: 'staging', from: 'configuration environments' },
          { field: 'sealId', value: '7', from: 'the wire format' },
        ],
      },
    ]);
  });

  it('says of an image that is held back what was found of it', async () => {
    const held = { ...evidenceOf('registry.example.com/shop/api:1.0.0'), state: 'quarantined', body: null } as const;
    const { output } = await explain([openingOf('run-1'), plan([], [held])]);
    expect(output).toMatch(/^not recorded {2}.*\n {2}it is held back and nothing was sent/);
    expect(output).toMatch(/^ {2}jetId +\(found, not sent\) +property jet.id$/m);
  });

  it('names what it explains, for a script', async () => {
    const { output } = await explain([openingOf('run-1'), plan([anImage('api'), anImage('web')], [])], '-o', 'name');
    expect(output).toBe('registry.example.com/shop/api:1.0.0\nregistry.example.com/shop/web:1.0.0\n');
  });

  it('says why an image is not owed, and what it would need where nobody planned it', async () => {
    const unchanged = anImage('api', { change: 'unchanged' });
    const updated = anImage('web', { previousReferences: ['registry.example.com/shop/web:0.9.0'], digest: null });
    const { output } = await explain([openingOf('run-1'), plan([unchanged, updated], [])]);
    expect(output).toMatch(/shop\/api:1.0.0\n {2}nothing is owed: the same containers ran it before this sync$/m);
    expect(output).toMatch(
      /shop\/web:1.0.0\n {2}it was updated, instead of registry.example.com\/shop\/web:0.9.0, and no run has planned its evidence yet/m,
    );
    expect(output).toMatch(/digest unknown: nothing that ran says it/);
  });

  it('says that there is nothing to explain', async () => {
    expect((await explain([openingOf('run-1')])).output).toBe('This sync left no images: nothing is owed.\n');
    const unknown = await explain([openingOf('run-1'), { ...plan([], []), artifacts: 'unknown' } as Change]);
    expect(unknown.output).toMatch(/^Nothing tells any more which images this sync deployed/);
  });

  it.each([
    ['dry-run', /^This sync was a dry run of Argo CD: nothing was deployed/],
    ['prune-only', /^This sync only removed resources/],
  ] as const)('says why a sync that was a %s owes nothing', async (skipReason, said) => {
    const opening = openingOf('run-1') as Extract<Change, { type: 'open' }>;
    const deployment = { ...opening.deployment, disposition: 'skip', skipReason } as const;
    expect((await explain([{ ...opening, deployment }])).output).toMatch(said);
  });

  it('says what could not be looked at, and what gives a missing right', async () => {
    const hidden = { what: 'init-containers', where: 'Deployment in shop', why: 'Kubernetes refused (403)' } as const;
    const looked = {
      ...plan([anImage('api')], []),
      artifacts: 'unknown',
      notLookedAt: [{ ...hidden, remedy: 'kubectl x' }],
    };
    const { output } = await explain([openingOf('run-1'), looked as Change]);
    expect(output).toMatch(/^not looked at {2}Deployment in shop: Kubernetes refused \(403\); kubectl x$/m);
  });

  it('exits 2 on a record that is not there', async () => {
    const { path } = await workspace({ 'a.json': exportOf(storedOf(recordOf(LIFE))) });
    const { exitCode, output } = await runStep(main, ['0000000000000000', '--file', path('a.json')]);
    expect(output).toMatch(/^explain: No such record: 0000000000000000/);
    expect(exitCode).toBe(2);
  });
});
