import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DeploymentStatement } from '../../lib/contracts/deployment-statement.ts';
import type { Change } from '../../lib/ledger/change.ts';
import { sealOf } from '../../lib/signing/seal.ts';
import { main as records } from '../../records/cli.ts';
import { main as explain } from '../../records/explain/cli.ts';
import { main as verify } from '../../records/verify/cli.ts';
import { main as report } from '../../steps/report/cli.ts';
import { deploymentOf } from '../support/deployment.ts';
import { anImage } from '../support/evidence.ts';
import { exportOf, recordOf, storedOf } from '../support/export.ts';
import { runStep, workspace } from '../support/run-step.ts';

const PAGE = readFileSync('docs/audit.md', 'utf8');
const COMMANDS = [...PAGE.matchAll(/\| `(aftersync [^`]+)` \|/g)].map(([, command = '']) => command);
const PROGRAMS: Record<string, typeof verify> = { records, explain, verify, report };

const ID = '9a8b7c6d5e4f3021';
const at = '2026-11-20T10:01:00.000Z';
const image = anImage('checkout');
const delivery = {
  target: 'https://jet.example.com/x',
  idempotencyKey: 'key',
  body: '{"jetId":"JET-1"}',
  bodySha256: 'b4c373766ae42da4731b4e3e9ed17df7fe87a91fc4bf30f36029156dcd6ff0b4',
  provenance: { jetId: 'property jetId' },
  state: 'planned' as const,
  detail: 'not sent yet',
};
const LIFE: readonly Change[] = [
  {
    type: 'open',
    at,
    run: 'checkout-1',
    previous: null,
    deployment: {
      ...deploymentOf(ID),
      source: { ...deploymentOf(ID).source, name: 'checkout', namespace: 'shop' },
      targetEnvironment: 'production',
    },
  },
  {
    type: 'plan',
    at,
    step: 'submit-evidence',
    images: [image],
    deliveries: [{ ...delivery, step: 'submit-evidence', subject: `shop/checkout@${image.digest}`, reference: 'x' }],
  },
  {
    type: 'plan',
    at,
    step: 'submit-release',
    deliveries: [{ ...delivery, step: 'submit-release', subject: ID, reference: 'CHG0000042' }],
  },
];

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const record = recordOf(LIFE);
const envelope = sealOf(record, { sequence: record.receipts?.length ?? 0, head: record.head ?? '' }, privateKey);
const sealed = recordOf([...LIFE, { type: 'seal', at, envelope }]);

describe('docs/audit.md', () => {
  it('has a command for each question', () => {
    expect(COMMANDS.length).toBeGreaterThan(12);
  });

  it.each(COMMANDS)('%s', async command => {
    const { path } = await workspace({
      'records.json': exportOf(storedOf(sealed)),
      'aftersync.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    });
    const [, program = '', ...argv] = command
      .replace('sha256:DIGEST', image.digest ?? '')
      .replace('HEAD', record.head ?? '')
      .split(' ')
      .map(word => (/\.(json|pub|html)$/.test(word) ? path(word) : word));
    const { exitCode, output } = await runStep(PROGRAMS[program] ?? verify, argv);
    const answer = program === 'report' ? await readFile(path('report.html'), 'utf8') : output;
    expect(answer).toMatch(/9a8b7c6d5e4f3021|1 hold|JET-1|checkout/);
    expect(answer).not.toContain('is like that');
    expect(exitCode).toBe(0);
  });

  it('names the fields of the predicate', () => {
    const [, fields = ''] = /deployment\/v1` is `\{([^}]+)\}`/s.exec(PAGE) ?? [];
    expect(fields.split(/,\s+/)).toEqual(Object.keys(DeploymentStatement.shape.predicate.shape));
  });
});
