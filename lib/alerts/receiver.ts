import { createHttp, type Http, RemoteFailure } from '../clients/http.ts';
import type { Channel } from '../contracts/configuration.ts';
import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { type Budget, createBudget } from '../runtime/budget.ts';
import { badInput, ExitCode } from '../runtime/failure.ts';
import { sendToAlertmanager } from './alertmanager.ts';
import { sendToPagerDuty } from './pagerduty.ts';
import type { AlertSecrets } from './secrets.ts';
import { sendToServiceNow } from './servicenow.ts';
import { sendToSlack } from './slack.ts';
import type { ChannelTraits } from './turn.ts';
import { sendToWebhook } from './webhook.ts';

const TIMEOUT_SECONDS = 5;
/** For one message to one channel, its retries included: no channel takes the time of another, or of another alert. */
const TELL_SECONDS = 10;
const HOUR_MS = 3_600_000;

/** A channel that can be told. */
export interface Receiver extends ChannelTraits {
  /**
   * Tells the state that the alert has now.
   * @param at RFC 3339, now
   * @returns what the receiver answered, for a person; null where it was not asked, see {@link createReceivers}
   * @throws Failure where it did not take the message
   */
  tell(alert: DeploymentAlert, at: string): Promise<string | null>;
}

/** What a channel sends with. */
export interface Sending {
  http: Http;
  settings: Channel;
  /** Token of the channel; null where it has none. */
  token: string | null;
  at: string;
}

interface Kind extends Omit<ChannelTraits, 'name'> {
  send: (alert: DeploymentAlert, sending: Sending) => Promise<string>;
  /** undefined: only the Secret knows it. */
  url?: string;
  /** The token is not an Authorization header. */
  tokenInBody?: boolean;
}

const KINDS = {
  // It holds its alerts in memory alone.
  alertmanager: { send: sendToAlertmanager, resolvesUntold: true, remindAfterMs: HOUR_MS },
  pagerduty: {
    send: sendToPagerDuty,
    resolvesUntold: true,
    remindAfterMs: null,
    url: 'https://events.pagerduty.com',
    tokenInBody: true,
  },
  servicenow: { send: sendToServiceNow, resolvesUntold: true, remindAfterMs: null },
  slack: { send: sendToSlack, resolvesUntold: false, remindAfterMs: null },
  webhook: { send: sendToWebhook, resolvesUntold: false, remindAfterMs: null },
} satisfies Record<Channel['type'], Kind>;

/**
 * The channels of the configuration. A secret that is missing fails the channel that needs it, when it is told. A channel that was
 * not available once is not asked again by this process, and none once the budget is used up: what it was not asked about is
 * still to be told.
 * @param all the time for all messages; the one that it ends in is still brought to its end
 */
export const createReceivers = (channels: readonly Channel[], secrets: AlertSecrets, all: Budget): Receiver[] =>
  channels.map(settings => {
    const { name, type } = settings;
    const kind: Kind = KINDS[type];
    let isAway = false;
    return {
      name,
      resolvesUntold: kind.resolvesUntold,
      remindAfterMs: kind.remindAfterMs,
      tell: async (alert, at) => {
        if (isAway || all.remainingMs() === 0) return null;
        const token = secrets.token(name);
        const authorization = kind.tokenInBody === true || token === null ? undefined : async () => token;
        const http = createHttp({
          name,
          baseUrl: settings.url ?? secrets.url(name) ?? kind.url ?? missingUrl(name),
          timeoutSeconds: TIMEOUT_SECONDS,
          budget: createBudget(TELL_SECONDS),
          ...(authorization && { authorization }),
        });
        try {
          return await kind.send(alert, { http, settings, token, at });
        } catch (error) {
          isAway ||= isUnavailable(error);
          throw error;
        }
      },
    };
  });

/** It did not answer, or said that it cannot now; a 500 may be about this one message. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof RemoteFailure && error.exitCode === ExitCode.transient && error.status !== 500;

function missingUrl(name: string): never {
  throw badInput('Channel has no URL', name, `put it into the Secret aftersync-alerts, key ${name}.url`);
}
