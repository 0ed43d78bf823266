import { readFile } from 'node:fs/promises';
import { HttpResponse, http } from 'msw';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { main } from '../../../steps/submit-evidence/cli.ts';
import { aDeployment, anArtifact, artifactSetOf, CANARIES, configOf, ID } from '../../support/evidence.ts';
import { remotes } from '../../support/remotes.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const { use } = remotes();
beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CANARIES.clientSecret);
});
afterEach(() => vi.unstubAllEnvs());

const LEASE_SECONDS = 20;

test.each([1, -1])('remote clocks that are %i h from ours change nothing', async hours => {
  const remote = (seconds = 0) => new Date(Date.now() + hours * 3_600_000 + seconds * 1000).toUTCString();
  const asked = { token: 0, store: 0 };
  use({
    handlers: [
      http.post('*/token', () => {
        asked.token += 1;
        const token = { access_token: CANARIES.accessToken, token_type: 'Bearer', expires_in: 300 };
        return HttpResponse.json(token, { headers: { Date: remote() } });
      }),
      http.post('*/publish', () => {
        asked.store += 1;
        if (asked.store === 1)
          return new HttpResponse('busy', { status: 429, headers: { Date: remote(), 'Retry-After': remote(1) } });
        return HttpResponse.json({ id: `jet-${asked.store}` }, { status: 201, headers: { Date: remote() } });
      }),
    ],
  });
  const place = await workspace({
    'deployment.json': aDeployment(),
    'artifacts.json': artifactSetOf(['api', 'web', 'job'].map(name => anArtifact(name))),
    'config.yaml': configOf({ leaseSeconds: LEASE_SECONDS, concurrency: 1 }),
  });
  const files = ['deployment', 'artifacts'].map(name => `--${name}=${place.path(`${name}.json`)}`);
  const rest = [`--config=${place.path('config.yaml')}`, `--ledger=${place.path('records')}`];
  const { exitCode, output } = await runStep(main, [...files, ...rest, `--out=${place.path('evidence.json')}`]);
  expect(output).toContain('accepted');
  expect({ exitCode, ...asked }).toEqual({ exitCode: 0, token: 1, store: 4 });
  const journal = await readFile(place.path(`records/${ID}.jsonl`), 'utf8');
  const claims = [...journal.matchAll(/"type":"claim","at":"([^"]+)","leaseUntil":"([^"]+)"/g)];
  expect(claims).toHaveLength(3);
  for (const [, at = '', until = ''] of claims) {
    expect(Date.parse(until) - Date.parse(at)).toBe(LEASE_SECONDS * 1000);
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(1_800_000);
  }
});
