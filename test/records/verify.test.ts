import { generateKeyPairSync } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/ledger/change.ts';
import { openDirectoryLedger } from '../../lib/ledger/directory.ts';
import { sealOf } from '../../lib/signing/seal.ts';
import { toResources } from '../../records/resource.ts';
import { main } from '../../records/verify/cli.ts';
import { claimOf, ID, LIFE, openingOf, subjectOf } from '../support/chained-record.ts';
import { deploymentOf } from '../support/deployment.ts';
import { asYaml, exportOf, recordOf, storedOf } from '../support/export.ts';
import { leavesOf, TRIED, withLeaf } from '../support/leaves.ts';
import { runStep, workspace } from '../support/run-step.ts';

const NEXT = '9a8b7c6d5e4f3021';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const spki = { type: 'spki', format: 'pem' } as const;

const record = recordOf(LIFE);
const head = record.head ?? '';
const sealed = sealedBy(privateKey);

function sealedBy(key: typeof privateKey): typeof record {
  const envelope = sealOf(record, { sequence: 8, head }, key);
  return recordOf([...LIFE, { type: 'seal', at: '2026-11-20T10:05:00.000Z', envelope }]);
}

/** Without its last receipt, and with a head that fits again: what somebody who knows the format would do. */
const cutOff = ({ seals } = record): typeof record => ({ ...recordOf(LIFE.slice(0, -1)), ...(seals && { seals }) });

/** The record that the next sync of the application opened. */
const next = recordOf([
  {
    type: 'open',
    at: '2026-11-20T11:01:00.000Z',
    run: 'run-9',
    deployment: deploymentOf(NEXT, '2026-11-20T11:00:00Z'),
    previous: { id: ID, head },
  },
]);

const files = {
  'records.yaml': asYaml(exportOf(storedOf(record))),
  'key.pub': publicKey.export(spki).toString(),
  'stranger.pub': stranger.publicKey.export(spki).toString(),
};

async function verify(document: unknown, ...argv: string[]) {
  const given = typeof document === 'string' ? document : asYaml(document);
  const { path } = await workspace({ ...files, 'given.yaml': given });
  const located = argv.map(flag => flag.replace(/^--public-key=(.*)/, (_, name) => `--public-key=${path(name)}`));
  return runStep(main, ['--file', path('given.yaml'), ...located]);
}
const verifyRecord = (one: typeof record, ...argv: string[]) => verify(exportOf(storedOf(one)), ID, ...argv);

describe('a directory of journals', () => {
  async function written() {
    const { directory, path } = await workspace();
    const ledger = openDirectoryLedger(directory);
    await ledger.apply(ID, LIFE);
    await ledger.apply(ID, [{ type: 'seal', at: '2026-11-20T10:05:00.000Z' }]);
    return { directory, journal: path(`${ID}.jsonl`) };
  }
  const verifyAll = (directory: string) => runStep(main, ['--all', `--ledger=${directory}`]);

  it('holds as it was written, and does not once somebody edits it', async () => {
    const { directory, journal } = await written();
    expect(await verifyAll(directory)).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^1 record: 1 hold/m),
    });
    const whole = await readFile(journal, 'utf8');
    await writeFile(
      journal,
      whole.replace('"initiator":{"name":"argocd-automated-sync"', '"initiator":{"name":"mallory"'),
    );
    const { exitCode, output } = await verifyAll(directory);
    expect(exitCode).toBe(1);
    expect(output).toContain('knows the head');
  });

  it('that an older version wrote is not chained', async () => {
    const { directory, path } = await workspace();
    await copyFile(`test/fixtures/ledger/versions/receipts-v1/${ID}.jsonl`, path(`${ID}.jsonl`));
    const { exitCode, output } = await runStep(main, [ID, `--ledger=${directory}`]);
    expect(output).toContain(`not chained  ${ID}`);
    expect(exitCode).toBe(0);
  });
});

describe('verify', () => {
  it('finds that an untouched record holds, and says since when and up to where', async () => {
    const { exitCode, output } = await verifyRecord(record);
    expect(output).toBe(
      `holds  ${ID}: 8 receipts, chained since 2026-11-20T10:01:00.000Z, head ${head}\n` +
        '1 record: 1 hold, 0 do not, 0 in progress, 0 older than the receipts; chained since 2026-11-20T10:01:00.000Z\n',
    );
    expect(exitCode).toBe(0);
  });

  it('reads JSON, several documents and several files as well', async () => {
    const { path } = await workspace({
      'a.json': exportOf(storedOf(record)),
      'b.yaml': exportOf(storedOf(next)).items.map(asYaml).join('---\n'),
    });
    const { exitCode, output } = await runStep(main, ['--all', '--file', path('a.json'), '--file', path('b.yaml')]);
    expect(output).toMatch(/^2 records: 2 hold/m);
    expect(exitCode).toBe(0);
  });

  const [resource] = toResources(storedOf(record));
  const leaves = leavesOf({ spec: resource.spec, status: resource.status }).filter(
    ({ path }) =>
      path.startsWith('spec.') || (path.startsWith('status.deliveries') && !TRIED.test(path.replace(/^status\./, ''))),
  );

  it('names whatever was changed in spec or deliveries', { timeout: 120_000 }, async () => {
    expect(leaves.length).toBeGreaterThan(80);
    const passed: string[] = [];
    for (const leaf of leaves) {
      const changed = { ...resource, ...withLeaf({ spec: resource.spec, status: resource.status }, leaf) };
      const { exitCode, output } = await verify(JSON.stringify(changed), ID);
      const named = /verify: Does not hold: (\S+)(?:, receipt \d+)?, ([^:]+): /.exec(output);
      const delivery = /^status\.deliveries\[\d\]/.exec(leaf.path)?.[0] ?? 'spec';
      if (exitCode !== 1 || !named?.[2]?.startsWith(delivery)) passed.push(`${leaf.path}: ${output}`);
    }
    expect(passed).toEqual([]);
  });

  it('names the receipt after the one that was taken out of the middle, and what to do', async () => {
    const receipts = record.receipts?.toSpliced(3, 1) ?? [];
    const { exitCode, output } = await verifyRecord({ ...record, receipts });
    expect(output).toMatch(
      /^verify: Does not hold: 5f2d8c0a1b3e4976, receipt 5, status.receipts\[3\].sequence: receipt 4 is expected here.*; compare it with a backup or the archive/m,
    );
    expect(exitCode).toBe(1);
  });

  it('names a receipt that was changed by the link that follows', async () => {
    const receipts = record.receipts?.map(one => (one.sequence === 6 ? { ...one, at: '2026-11-20T09:00:00Z' } : one));
    const { output } = await verifyRecord({ ...record, receipts });
    expect(output).toMatch(/receipt 7, status.receipts\[6\].previous: receipt 6 is not what it was/);
  });

  describe('what was taken off the end, with a head that fits', () => {
    it('holds as far as the record itself can say', async () => {
      expect(await verifyRecord(cutOff())).toMatchObject({ exitCode: 0 });
    });

    it('is named with --head', async () => {
      const { exitCode, output } = await verifyRecord(cutOff(), `--head=${head}`);
      expect(output).toMatch(/^verify: Does not hold: .*--head knows the head [0-9a-f]{64}, which no receipt has/m);
      expect(exitCode).toBe(1);
      expect(await verifyRecord(record, `--head=${head}`)).toMatchObject({ exitCode: 0 });
    });

    it('is named by the next record also where the whole record was written anew', async () => {
      const anew = recordOf(
        LIFE.map(change =>
          change.type === 'open'
            ? { ...change, deployment: { ...change.deployment, targetEnvironment: 'dev' } }
            : change,
        ),
      );
      expect(await verifyRecord(anew)).toMatchObject({ exitCode: 0 });
      const { exitCode, output } = await verify(exportOf(storedOf(anew), storedOf(next)), '--all');
      expect(output).toMatch(new RegExp(`record ${NEXT} knows the head`));
      expect(exitCode).toBe(1);
      expect((await verifyRecord({ ...anew, seals: sealed.seals })).output).toMatch(/it says another environment/);
    });

    it('is named by the next record of the application', async () => {
      const both = (first: typeof record) => verify(exportOf(storedOf(first), storedOf(next)), '--all');
      const { exitCode, output } = await both(cutOff());
      expect(output).toMatch(
        new RegExp(`^verify: Does not hold: ${ID}, status.receipts: record ${NEXT} knows the head`, 'm'),
      );
      expect(exitCode).toBe(1);
      expect(await both(record)).toMatchObject({ exitCode: 0 });
    });

    it('is named by a signature, whether or not its key is given', async () => {
      for (const argv of [[], ['--public-key=key.pub']]) {
        const { exitCode, output } = await verifyRecord(cutOff(sealed), ...argv);
        expect(output).toMatch(/it covers 8 receipts, and there are 7/);
        expect(exitCode).toBe(1);
        expect(await verifyRecord(sealed, ...argv)).toMatchObject({ exitCode: 0 });
      }
    });
  });

  describe('with a public key', () => {
    it('says up to where the record is signed', async () => {
      const { output } = await verifyRecord(sealed, '--public-key=key.pub');
      expect(output).toMatch(/^holds .* signed up to receipt 8, head/);
    });

    it('refuses what nobody signed', async () => {
      const { exitCode, output } = await verifyRecord(record, '--public-key=key.pub');
      expect(output).toMatch(
        /^verify: Does not hold: .*, status.seals: nobody signed it, or the signatures were removed/m,
      );
      expect(exitCode).toBe(1);
    });

    it('refuses what another key signed', async () => {
      const { exitCode, output } = await verifyRecord(sealedBy(stranger.privateKey), '--public-key=key.pub');
      expect(output).toMatch(/status.seals: none of them is by the given key; verify with the key that was used then/);
      expect(exitCode).toBe(1);
    });

    it('refuses the right record with the wrong key', async () => {
      expect(await verifyRecord(sealed, '--public-key=stranger.pub')).toMatchObject({ exitCode: 1 });
    });

    it('refuses what was added behind the signature, and lets a run at work be', async () => {
      const continued = (...changes: Change[]) => {
        const envelope = sealed.seals?.[0]?.envelope;
        return recordOf([...LIFE, { type: 'seal', at: '2026-11-20T10:05:00.000Z', envelope }, ...changes]);
      };
      const added = await verifyRecord(continued(openingOf('run-3')), '--public-key=key.pub');
      expect(added.output).toMatch(/receipt 9, status.receipts\[8\]: .*came after the last signature/);
      expect(added.exitCode).toBe(1);
      const working = await verifyRecord(
        continued(openingOf('run-3'), claimOf(subjectOf('job'))),
        '--public-key=key.pub',
      );
      expect(working.output).toMatch(/^in progress {2}5f2d8c0a1b3e4976: .*shop\/job@.* is being sent since 2026-/m);
      expect(working.exitCode).toBe(0);
    });

    it('refuses a signature that was carried over from another record', async () => {
      const { output, exitCode } = await verifyRecord({ ...next, seals: sealed.seals, id: ID } as typeof record);
      expect(output).toMatch(/status/);
      expect(exitCode).toBe(1);
    });

    it.each(['records.yaml', 'no-such-file'])('wants a key: %s', async file => {
      expect(await verifyRecord(sealed, `--public-key=${file}`)).toMatchObject({ exitCode: 2 });
    });
  });

  describe('a record without receipts', () => {
    const { receipts: _, head: __, previous: ___, seals: ____, ...bare } = record;

    it('is older than they are: nothing vouches for it, and it is said', async () => {
      const { exitCode, output } = await verifyRecord(bare);
      expect(output).toMatch(/^not chained {2}5f2d8c0a1b3e4976: older than the receipts/m);
      expect(output).toMatch(/^1 record: 0 hold, 0 do not, 0 in progress, 1 older than the receipts$/m);
      expect(exitCode).toBe(0);
    });

    it('was robbed of them where records had them when it was synced', async () => {
      const later = { ...bare, deployment: deploymentOf(ID, '2026-11-20T12:00:00Z') };
      const { exitCode, output } = await verify(exportOf(storedOf(later), storedOf(next)), '--all');
      expect(output).toMatch(/status.receipts: it has none, and records have them since 2026-11-20T11:01:00.000Z/);
      expect(exitCode).toBe(1);
    });

    it('was robbed of them where the next record knows its head', async () => {
      const { exitCode, output } = await verify(exportOf(storedOf(bare), storedOf(next)), '--all');
      expect(output).toMatch(new RegExp(`record ${NEXT} knows the head`));
      expect(exitCode).toBe(1);
    });
  });

  it('says which record is not here, where the next one knows it', async () => {
    const { exitCode, output } = await verify(exportOf(storedOf(next)), '--all');
    expect(output).toContain(`not here  ${ID}, which ${NEXT} knows as the one before: archived, or deleted`);
    expect(exitCode).toBe(0);
  });

  it('names a field that no contract has', async () => {
    const { exitCode, output } = await verify({ ...resource, status: { ...resource.status, receiptz: [] } }, ID);
    expect(output).toMatch(
      /^verify: Does not hold: 5f2d8c0a1b3e4976, status: it breaks the contract: Unrecognized key: "receiptz"/m,
    );
    expect(exitCode).toBe(1);
  });

  it('names columns that do not fit', async () => {
    const summary = { artifacts: 3, submitted: 3 };
    const { exitCode, output } = await verify({ ...resource, status: { ...resource.status, summary } }, ID);
    expect(output).toMatch(/status.summary.submitted: the deliveries say something else/);
    expect(exitCode).toBe(1);
  });

  it('names the record behind another name', async () => {
    const { exitCode, output } = await verify({ ...resource, metadata: { name: NEXT } }, NEXT);
    expect(output).toMatch(new RegExp(`^verify: Does not hold: ${NEXT}, `, 'm'));
    expect(exitCode).toBe(1);
  });

  it('shows nothing of a record that could move the cursor of a terminal', async () => {
    const { output } = await verify({ ...resource, metadata: { name: 'a\u001b[2Jb' } }, '--all');
    expect(output).not.toContain('\u001b');
  });

  it('names what does not hold, for a script', async () => {
    const changed = { ...resource, status: { ...resource.status, head: 'f'.repeat(64) } };
    const { output } = await verify(changed, '--all', '-o', 'name');
    expect(output).toMatch(new RegExp(`^deploymentrecord.aftersync.dev/${ID}\nverify: Does not hold: `));
    expect((await verifyRecord(sealed, '-o', 'name')).output).toBe('');
  });

  it('prints all of it for programs with -o json', async () => {
    const { output } = await verifyRecord(sealed, '--public-key=key.pub', '-o', 'json');
    expect(JSON.parse(output)).toMatchObject({
      records: [{ id: ID, holds: true, signedTo: 8, state: 'owed', head, findings: [] }],
      findings: [],
      absent: [],
    });
  });

  it.each([
    ['an empty file', '', ['--all'], /No records: --file=.*; export them: kubectl get/],
    ['a list of nothing', { kind: 'List', items: [] }, ['--all'], /No records/],
    ['something else', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }, ['--all'], /No records/],
    ['garbage', '\u0000\u0001', ['--all'], /No records/],
    ['no YAML', '{]', ['--all'], /Neither YAML nor JSON: --file=.*, line 1/],
    ['half of an export', files['records.yaml'].slice(0, 900).concat('\n  "'), ['--all'], /Neither YAML nor JSON/],
    ['a record that is not there', exportOf(storedOf(record)), [NEXT], /No such record: 9a8b7c6d5e4f3021/],
    ['no record named', exportOf(storedOf(record)), [], /name one record, or say --all/],
    ['a record and --all', exportOf(storedOf(record)), [ID, '--all'], /name one record, or say --all/],
    ['--head of all', exportOf(storedOf(record)), ['--all', `--head=${head}`], /--head with --all/],
    ['a head that is none', exportOf(storedOf(record)), [ID, '--head=abc'], /not a SHA-256/],
  ])('exits 2 on %s', async (_, document, argv, message) => {
    const { exitCode, output } = await verify(document, ...argv);
    expect(output).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
