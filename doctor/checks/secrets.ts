import * as z from 'zod';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Seen } from '../cluster.ts';
import { cannotTell, fine, type Judgement, wrong } from '../finding.ts';

/** A Secret that pods mount, and the keys that they read. */
export interface WantedSecret {
  name: string;
  keys: readonly string[];
}

const Secret = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** The Secrets that this configuration makes necessary. */
export function wantedSecrets(configuration: Configuration | null): WantedSecret[] {
  const channels = configuration?.alerts.channels ?? [];
  const keys = channels.flatMap(({ name, type, url }) => {
    if (type === 'slack' || (type === 'webhook' && url === undefined)) return [`${name}.url`];
    return type === 'pagerduty' || type === 'servicenow' ? [name] : [];
  });
  return [
    { name: 'aftersync-webhook', keys: ['token'] },
    { name: 'regcred', keys: ['.dockerconfigjson'] },
    { name: 'jet-proxy', keys: ['client-id', 'client-secret'] },
    ...(keys.length > 0 ? [{ name: 'aftersync-alerts', keys }] : []),
    ...(configuration?.archive?.credentials === 'secret'
      ? [{ name: 'aftersync-archive', keys: ['access-key-id', 'secret-access-key'] }]
      : []),
  ];
}

export function judgeSecret({ name, keys }: WantedSecret, seen: Seen): Judgement {
  const remedy = 'create it: docs/operate.md lists the Secrets';
  if (seen.state === 'hidden')
    return cannotTell(`Secret ${name} may not be read`, 'run it with the right to get secrets');
  if (seen.state === 'absent') return wrong(`Secret ${name} is not there`, remedy);
  const { data } = Secret.parse(seen.object);
  const lacking = keys.filter(key => !data[key]);
  return lacking.length > 0
    ? wrong(`Secret ${name} has no ${lacking.join(', ')}`, remedy)
    : fine(`Secret ${name} has ${keys.join(', ')}`);
}

/** The value of a key, decoded; null where there is none. */
export function valueIn(seen: Seen, key: string): string | null {
  const value = seen.state === 'found' ? Secret.safeParse(seen.object).data?.data[key] : undefined;
  return value ? Buffer.from(value, 'base64').toString('utf8').trim() : null;
}
