import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EvidenceReceipts } from '../../../lib/contracts/evidence-receipts.ts';
import { openDirectoryLedger } from '../../../lib/ledger/directory.ts';
import { main } from '../../../steps/submit-evidence/cli.ts';
import { aDeployment, anArtifact, artifactSetOf, CANARIES, configOf, ID, RESOURCE } from '../../support/evidence.ts';
import { rawServer } from '../../support/raw-server.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const TOKEN = JSON.stringify({ access_token: CANARIES.accessToken, token_type: 'Bearer', expires_in: 3600 });
const whole = (status: string, text: string) =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
/** What an answer to a record that was kept is cut to. */
const CUT = {
  'in its middle': 'HTTP/1.1 201 Created\r\nContent-Length: 60\r\n\r\n{"id":"rec-',
  'before its last chunk': 'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{"id":"17"}\r\n',
  'to something that is no gzip': 'HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}',
  'before its body': 'HTTP/1.1 201 Created\r\nContent-Le',
} as const;

beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

const server = await rawServer();

/** A store that keeps what it is sent, and tells so in the given words as often as said, then as it should. */
async function situation(answer: string, times: number, honoured = false) {
  const kept: string[] = [];
  let left = times;
  server.answer = (socket, request) => {
    if (request.startsWith('POST /token')) return void socket.write(whole('200 OK', TOKEN));
    const key = /idempotency-key: (\S+)/i.exec(request)?.[1] ?? '';
    if (!honoured || !kept.includes(key)) kept.push(key);
    left -= 1;
    if (left >= 0) socket.end(answer);
    else socket.write(whole('201 Created', '{"id":"rec-1"}'));
  };
  const token = { url: `${server.url}/token`, resource: RESOURCE };
  const place = await workspace({
    'deployment.json': aDeployment(),
    'artifacts.json': artifactSetOf([anArtifact('api'), anArtifact('web')]),
    'config.yaml': configOf({
      ...{ url: server.url, token, budgetSeconds: 1.5, timeoutSeconds: 1, leaseSeconds: 3 },
      idempotency: { honoured },
    }),
  });
  const flags = ['deployment', 'artifacts'].map(name => `--${name}=${place.path(`${name}.json`)}`);
  const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
  async function run() {
    const ended = await runStep(main, [...flags, ...rest, `--out=${place.path('evidence.json')}`]);
    const { receipts } = await place.json<EvidenceReceipts>('evidence.json');
    return { ...ended, receipts };
  }
  const states = async () =>
    (await openDirectoryLedger(place.path('records')).read(ID))?.deliveries.map(({ state }) => state);
  const well = () => {
    left = 0;
  };
  return { kept, run, states, well };
}

describe.each(Object.entries(CUT))('an answer that is cut %s', (_, answer) => {
  test('is asked for again, and what may be in the store twice says so', async () => {
    const { kept, run } = await situation(answer, 2);
    const { exitCode, receipts } = await run();
    expect(exitCode).toBe(0);
    expect(kept).toHaveLength(4);
    expect(receipts.map(({ outcome, attempts, possibleDuplicate }) => [outcome, attempts, possibleDuplicate])).toEqual(
      Array(2).fill(['accepted', 2, true]),
    );
  });

  test('each time leaves the record in doubt: exit 75, and the next run ends it', async () => {
    const { kept, run, states, well } = await situation(answer, 1000, true);
    expect(await run()).toMatchObject({ exitCode: 75, receipts: [{ outcome: 'pending' }, { outcome: 'pending' }] });
    expect(await states()).toEqual(['uncertain', 'uncertain']);
    well();
    expect(await run()).toMatchObject({ exitCode: 0, receipts: [{ outcome: 'accepted' }, { outcome: 'accepted' }] });
    expect(kept).toHaveLength(2);
  });
});

test('a store that speaks another protocol leaves the record in doubt and ends the run', async () => {
  const { run, states } = await situation(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
    1000,
  );
  const { exitCode, output } = await run();
  expect(exitCode).toBe(1);
  expect(output).toContain('JET speaks another protocol');
  expect(await states()).toEqual(['uncertain', 'uncertain']);
});
