import { describe, expect, it } from 'vitest';
import { newAlert } from '../../../lib/alerts/turn.ts';
import type { DeploymentAlert } from '../../../lib/contracts/deployment-alert.ts';
import { oneLine } from '../../../lib/runtime/outside-text.ts';
import { CHANNELS, cause, KNOWN, receivers, SECRETS, standIn } from '../../support/alerts.ts';
import { remotes } from '../../support/remotes.ts';

const AT = '2026-11-20T10:00:00Z';
const firing: DeploymentAlert = { ...newAlert('0123456789abcdef', cause, [], AT) };
const resolved: DeploymentAlert = {
  ...firing,
  state: 'resolved',
  resolvedAt: '2026-11-20T10:05:00Z',
  latest: 'the retry sent it',
};
const KEY = 'aftersync/0123456789abcdef';
const { use } = remotes();
const receiver = (name: string, env = SECRETS) => {
  const found = receivers(CHANNELS, env).find(one => one.name === name);
  if (found === undefined) throw new Error(`no channel ${name}`);
  return found;
};
const told = async (name: string, alert: DeploymentAlert, env = SECRETS) =>
  receiver(name, env).tell(alert, new Date().toISOString());

describe('alertmanager', () => {
  it('has one alert, which fires for longer than its own timeout, and ends', async () => {
    const remote = standIn();
    use(remote);
    await told('routes', firing);
    expect(remote.state.alertmanager).toMatchObject([
      {
        labels: {
          alertname: 'AftersyncEvidenceMissing',
          alert: KEY,
          team: 'payments',
          namespace: 'argocd',
          application: 'shop',
          environment: 'prod',
        },
        generatorURL: cause.links.workflow,
        startsAt: AT,
      },
    ]);
    expect(Date.parse(remote.state.alertmanager[0]?.endsAt ?? '')).toBeGreaterThan(Date.now() + 24 * 3_600_000);
    await told('routes', resolved);
    expect(remote.state.alertmanager).toMatchObject([{ startsAt: AT, endsAt: resolved.resolvedAt }]);
  });
});

describe('pagerduty', () => {
  it('triggers and resolves under one key', async () => {
    const remote = standIn();
    use(remote);
    await told('oncall', firing);
    await told('oncall', firing);
    expect(remote.state.pagerduty).toEqual([{ dedup_key: KEY, status: 'triggered', events: 2 }]);
    await told('oncall', resolved);
    expect(remote.state.pagerduty).toMatchObject([{ status: 'resolved' }]);
    expect(JSON.parse(remote.received[0]?.body ?? '')).toMatchObject({
      payload: {
        severity: 'critical',
        summary: `${cause.what} (argocd/shop)`,
        custom_details: { 'What to do': cause.remedy },
      },
      links: [{ href: cause.links.workflow }, { href: cause.links.application }],
    });
  });

  it('needs its routing key', async () => {
    await expect(told('oncall', firing, { ...SECRETS, AFTERSYNC_ALERT_ONCALL: '' })).rejects.toMatchObject({
      message: expect.stringMatching(/no routing key: oncall; put it into the Secret aftersync-alerts/),
    });
  });

  it('says what PagerDuty refuses', async () => {
    use(standIn());
    await expect(told('oncall', firing, { ...SECRETS, AFTERSYNC_ALERT_ONCALL: 'x'.repeat(32) })).rejects.toMatchObject({
      message: expect.stringMatching(/oncall refused: .*routing_key/),
    });
  });
});

describe('servicenow', () => {
  it('opens one incident, and resolves it', async () => {
    const remote = standIn();
    use(remote);
    expect(await told('desk', firing)).toBe('INC0000001 is open');
    expect(await told('desk', firing)).toBe('INC0000001 is open');
    expect(remote.state.servicenow).toMatchObject([{ correlation_id: KEY, urgency: '2', state: '1' }]);
    expect(await told('desk', resolved)).toBe('INC0000001 is resolved');
    expect(remote.state.servicenow).toMatchObject([{ state: '6', close_code: 'Solution provided' }]);
    expect(await told('desk', resolved)).toBe('no incident is open');
    expect(await told('desk', firing)).toBe('INC0000002 is open');
  });
});

describe('slack', () => {
  it('says what is missing and when it is not, with nothing that Slack would take for a link', async () => {
    const remote = standIn();
    use(remote);
    await told('chat', { ...firing, what: 'a <!channel> & more' });
    await told('chat', resolved);
    expect(remote.state.slack[0]).toContain('a &lt;!channel&gt; &amp; more');
    expect(remote.state.slack[0]).toContain(cause.remedy);
    expect(remote.state.slack[1]).toMatch(/Resolved: .*\n\*Now\*: the retry sent it/);
  });

  it('never shows its URL', async () => {
    use(standIn());
    const wrong = { ...SECRETS, AFTERSYNC_ALERT_CHAT_URL: `${SECRETS.AFTERSYNC_ALERT_CHAT_URL}-old` };
    const failure = await told('chat', firing, wrong).catch(error => error);
    expect(failure.message).toMatch(/chat refused: POST .*answered 404: no_service/);
    expect(JSON.stringify(failure) + failure.message + failure.stack).not.toMatch(/slack-secret|T000/);
    expect(oneLine(`no such hook: ${KNOWN.slackPath}-old`)).toBe('no such hook: ***');
  });

  it('needs its URL', async () => {
    await expect(told('chat', firing, { ...SECRETS, AFTERSYNC_ALERT_CHAT_URL: '' })).rejects.toMatchObject({
      message: expect.stringMatching(/no URL: chat; put it into the Secret aftersync-alerts, key chat.url/),
    });
    await expect(
      told('chat', firing, { ...SECRETS, AFTERSYNC_ALERT_CHAT_URL: 'hooks.slack.example/x' }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/Not a URL: secret chat.url/),
    });
  });
});

describe('webhook', () => {
  it('is posted the alert without who else was told', async () => {
    const remote = standIn();
    use(remote);
    await told('hook', firing);
    const { channels: _, ...body } = firing;
    expect(remote.state.webhook).toEqual([body]);
    expect(remote.received[0]?.headers['idempotency-key']).toBe(`"0123456789abcdef/firing/${AT}"`);
  });
});

it('a title that is too long is cut for each', async () => {
  const remote = standIn();
  use(remote);
  const long = { ...firing, what: 'x'.repeat(1400) };
  for (const { name } of CHANNELS) await told(name, long);
  expect(new Set(remote.state.timeline.map(line => line.split(':')[0])).size).toBe(CHANNELS.length);
});

it('nothing that a receiver knows as a secret is in what it kept', async () => {
  const remote = standIn();
  use(remote);
  for (const { name } of CHANNELS) await told(name, firing);
  const kept = JSON.stringify(remote.received);
  for (const secret of [KNOWN.routingKey, 'receivers-token', 'slack-secret']) expect(kept).not.toContain(secret);
});
