import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { main as doctor } from '../../doctor/cli.ts';
import { openDirectoryAlerts } from '../../lib/alerts/directory.ts';
import { raise } from '../../lib/alerts/raise.ts';
import { createReceivers } from '../../lib/alerts/receiver.ts';
import { readAlertSecrets } from '../../lib/alerts/secrets.ts';
import type { Channel } from '../../lib/contracts/configuration.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { say } from '../../lib/runtime/program.ts';
import { main as lookup } from '../../steps/jfrog-lookup/cli.ts';
import { main as submitEvidence } from '../../steps/submit-evidence/cli.ts';
import { main as submitRelease } from '../../steps/submit-release/cli.ts';
import { cause } from '../support/alerts.ts';
import { echoModes, hostileModes } from '../support/hostile-modes.ts';
import { type RawAnswer, rawServer } from '../support/raw-server.ts';
import { runStep, workspace } from '../support/run-step.ts';

const PASSWORD = 'CANARYregpass&<qwtzuiopkjhgfdsayxcv';
const CLIENT_SECRET = 'CANARYclient&<+/="secretmnbvcxylkjh';
const TOKEN = 'CANARYtokenABCDEFGHIJKLMNOPQRSTUVWXYZ5702463819';
const CHANNEL_TOKEN = 'CANARYchannel-token-zyxwvutsrqponm98765';
const SLACK_PATH = '/CANARYslack/hook/path/9517538246zyxw';
const SECRETS = [PASSWORD, CLIENT_SECRET, TOKEN, CHANNEL_TOKEN, SLACK_PATH];

const server = await rawServer();
const elsewhere = await rawServer();
/** Answers as an endpoint of tokens does; everything else is the hostile one's. */
let tokens: RawAnswer | null = null;
let hostile: RawAnswer = () => {};
const goodToken: RawAnswer = socket => {
  const body = JSON.stringify({ access_token: TOKEN, token_type: 'bearer', expires_in: 3600 });
  socket.end(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};
server.answer = (socket, request) =>
  (tokens !== null && request.startsWith('POST /token') ? tokens : hostile)(socket, request);

beforeEach(() => {
  vi.stubEnv('AFTERSYNC_JET_CLIENT_ID', 'PC-1');
  vi.stubEnv('AFTERSYNC_JET_CLIENT_SECRET', CLIENT_SECRET);
  vi.stubEnv('KUBECONFIG', '/nowhere');
});
afterEach(() => vi.unstubAllEnvs());

const limits = { timeoutSeconds: 0.3, budgetSeconds: 0.6 };
const CONFIG = {
  schemaVersion: 'aftersync.config/v1',
  environments: { default: 'prod', production: ['prod'] },
  artifactory: {
    url: `${server.url}/artifactory`,
    repositories: { 'docker.artifactory.example.com': 'docker-prod-local' },
    ...limits,
  },
  jet: { url: `${server.url}/jet`, token: { url: `${server.url}/token`, resource: 'URI:RS' }, ...limits },
};
const CHANNELS: Channel[] = [
  { name: 'routes', type: 'alertmanager', url: `${server.url}/alertmanager`, labels: {} },
  { name: 'oncall', type: 'pagerduty', url: `${server.url}/pagerduty` },
  { name: 'desk', type: 'servicenow', url: `${server.url}/servicenow`, fields: {} },
  { name: 'chat', type: 'slack' },
  { name: 'hook', type: 'webhook', url: `${server.url}/webhook` },
] as Channel[];

const sample = (step: string, name: string) => readFile(`steps/${step}/samples/${name}`, 'utf8');

/** A place with every input, and what ran there leaves everything that was written. */
async function place() {
  const files = await workspace({
    'termination-log': '',
    'config.yaml': stringify(CONFIG),
    'regcred.json': { auths: { 'docker.artifactory.example.com': { username: 'svc-jet', password: PASSWORD } } },
    'image-diff.json': await sample('jfrog-lookup', 'image-diff.json'),
    'lookup-deployment.json': await sample('jfrog-lookup', 'deployment.json'),
    'deployment.json': await sample('submit-evidence', 'deployment.json'),
    'artifacts.json': await sample('submit-evidence', 'artifacts.json'),
    'release-deployment.json': await sample('submit-release', 'deployment.json'),
    'evidence.json': await sample('submit-release', 'evidence.json'),
    'change-window.yaml': await sample('submit-release', 'change-window.yaml'),
  });
  vi.stubEnv('AFTERSYNC_LEDGER', files.path('ledger'));
  vi.stubEnv('AFTERSYNC_TERMINATION_LOG', files.path('termination-log'));
  return files;
}
type Place = Awaited<ReturnType<typeof place>>;

const flags = ({ path }: Place, names: Record<string, string>) =>
  Object.entries({ out: 'out.json', config: 'config.yaml', ...names }).map(([flag, name]) => `--${flag}=${path(name)}`);

/** Each program against each remote that it asks. */
const PROGRAMS: Record<
  string,
  { tokens: RawAnswer | null; run: (at: Place) => Promise<{ exitCode: number; output: string }> }
> = {
  'jfrog-lookup and Artifactory': {
    tokens: null,
    run: at =>
      runStep(
        lookup,
        flags(at, { deployment: 'lookup-deployment.json', 'image-diff': 'image-diff.json', regcred: 'regcred.json' }),
      ),
  },
  'submit-evidence and the token endpoint': {
    tokens: null,
    run: at => runStep(submitEvidence, flags(at, { deployment: 'deployment.json', artifacts: 'artifacts.json' })),
  },
  'submit-evidence and JET': {
    tokens: goodToken,
    run: at => runStep(submitEvidence, flags(at, { deployment: 'deployment.json', artifacts: 'artifacts.json' })),
  },
  'submit-release and JET': {
    tokens: goodToken,
    run: at =>
      runStep(
        submitRelease,
        flags(at, {
          deployment: 'release-deployment.json',
          evidence: 'evidence.json',
          'change-window': 'change-window.yaml',
        }),
      ),
  },
  'doctor and all': {
    tokens: null,
    run: at => runStep(doctor, ['--local', ...flags(at, { regcred: 'regcred.json' }).slice(1)]),
  },
  'the channels of alerts': {
    tokens: null,
    run: at => runStep(() => alert(at), []),
  },
};

async function alert(at: Place): Promise<number> {
  const secrets = readAlertSecrets({
    AFTERSYNC_ALERT_ROUTES: `Bearer ${CHANNEL_TOKEN}`,
    AFTERSYNC_ALERT_ONCALL: CHANNEL_TOKEN,
    AFTERSYNC_ALERT_DESK: `Basic ${Buffer.from(`svc:${CHANNEL_TOKEN}`).toString('base64')}`,
    AFTERSYNC_ALERT_HOOK: `Bearer ${CHANNEL_TOKEN}`,
    AFTERSYNC_ALERT_CHAT_URL: `${server.url}${SLACK_PATH}`,
  });
  const receivers = createReceivers(CHANNELS, secrets, createBudget(0.6));
  const store = openDirectoryAlerts(join(at.directory, 'alerts'));
  const { channels } = await raise(
    { name: '0123456789abcdef', cause },
    { store, receivers, now: () => '2026-11-20T10:00:00Z' },
  );
  for (const { name, state, detail } of channels) say(`${name} ${state}: ${detail}`);
  return channels.every(({ state }) => state === 'sent') ? 0 : 75;
}

/** Everything that was written there but the inputs. */
const written = ({ directory }: Place): string =>
  execFileSync(
    'bash',
    [
      '-c',
      `cd '${directory}' && for f in out.json termination-log ledger alerts; do [ ! -e $f ] || find $f -type f -exec cat {} +; done`,
    ],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    },
  );

async function against(program: string, answer: RawAnswer) {
  const { run, tokens: endpoint } = PROGRAMS[program] ?? {
    run: () => Promise.reject(new Error('no such program')),
    tokens: null,
  };
  const at = await place();
  tokens = endpoint;
  hostile = answer;
  server.requests.length = 0;
  elsewhere.requests.length = 0;
  const { exitCode, output } = await run(at);
  const message = await readFile(at.path('termination-log'), 'utf8');
  return {
    exitCode,
    output,
    message,
    asked: server.requests.filter(request => tokens === null || !request.startsWith('POST /token')).length,
    elsewhere: elsewhere.requests.length,
    kept: written(at),
  };
}

/** Ten letters in a row of a secret, as they are or in base64. */
function leaks(text: string): string[] {
  const letters = text.replace(/[\p{Cc}\p{Cf}]/gu, '');
  const forms = SECRETS.flatMap(secret => [
    secret,
    encodeURIComponent(secret),
    ...[0, 1, 2].map(before =>
      Buffer.from('x'.repeat(before) + secret)
        .toString('base64')
        .slice(before === 0 ? 0 : before + 1, -4),
    ),
    Buffer.from(`svc-jet:${secret}`).toString('base64').slice(11, -4),
    Buffer.from(`svc:${secret}`).toString('base64').slice(6, -4),
  ]);
  return forms.flatMap(form =>
    [...Array(Math.max(0, form.length - 9)).keys()]
      .map(at => form.slice(at, at + 10))
      .filter(ten => letters.includes(ten)),
  );
}

/** All of them take ten minutes: AFTERSYNC_HOSTILE=all. Otherwise each twentieth, and for each program others. */
const ALL = Object.entries({ ...hostileModes(elsewhere.url), ...echoModes() });
const IN = process.env.AFTERSYNC_HOSTILE === 'all' ? 1 : 20;
const modesOf = (program: string) => ALL.filter((_, at) => (at + Object.keys(PROGRAMS).indexOf(program)) % IN === 0);
const CODES = [0, 1, 2, 75];
/** What a node shows of a program that failed; doctor and the channels say it on stderr alone. */
const hasMessage = (program: string): boolean => !/doctor|channels/.test(program);

describe.each(Object.keys(PROGRAMS))('%s', program => {
  it(`holds against ${modesOf(program).length} of ${ALL.length} kinds of answer`, { timeout: 900_000 }, async () => {
    const wrong: string[] = [];
    for (const [mode, answer] of modesOf(program)) {
      const started = performance.now();
      const { exitCode, output, kept, message, ...requests } = await against(program, answer);
      const says = (what: string) => wrong.push(`${mode}: ${what}: exit ${exitCode}: ${output.slice(0, 300)}`);
      if (!CODES.includes(exitCode)) says('no such exit code');
      if (/Unexpected|this is a bug|\n\s+at /.test(output)) says('a bug');
      if (exitCode !== 0 && output.trim() === '') says('silent');
      if (/\n/.test(message)) says('many lines');
      if (hasMessage(program) && (exitCode === 0) !== (message === '')) says('no message of the node');
      if (/(?!\n)[\p{Cc}\p{Cf}]|\{\{/u.test(output)) says('not clean');
      if (requests.asked === 0) says('not asked');
      if (requests.elsewhere > 0) says('asked elsewhere');
      const found = leaks(output + kept);
      if (found.length > 0) says(`leaks ${found.slice(0, 3).join(' ')}`);
      // Bounded by the budget of a second; the machine may be busy.
      if (performance.now() - started > 20_000) says('slow');
    }
    expect(wrong).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
