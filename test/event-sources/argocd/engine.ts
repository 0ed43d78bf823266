import { execa } from 'execa';
import { parse } from 'yaml';
import * as z from 'zod';
import { workspace } from '../../support/run-step.ts';

/** The argocd binary: it renders templates and evaluates triggers with the code of the notifications controller, without a cluster. */
export const ARGOCD = process.env.AFTERSYNC_ARGOCD ?? '';

const CONFIG_MAP = 'event-sources/argocd/notifications-cm.yaml';

/** The command wants a cluster for the AppProject, which we do not use: nobody listens at this one. */
const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'none', cluster: { server: 'http://127.0.0.1:1' } }],
  users: [{ name: 'none', user: {} }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: 'none', namespace: 'argocd' } }],
  'current-context': 'none',
};
const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'argocd-notifications-secret' },
  stringData: { 'aftersync-token': 'token', 'slack-token': 'a', 'grafana-token': 'b', 'our-own-key': 'c' },
};

/** The command reads the file as YAML, where these would be line breaks; the API server speaks JSON. */
const forYaml = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** What the command prints for an Application. It exits 0 whatever happens, so anything on stderr is an error. */
export async function notifications(
  command: readonly ['template', 'notify'] | ['trigger', 'run'] | ['trigger', 'get'],
  application: unknown,
  { name = 'aftersync', configMap = CONFIG_MAP } = {},
): Promise<string> {
  const space = await workspace({ application: forYaml(application), secret: SECRET, kubeconfig: KUBECONFIG });
  const files = ['--config-map', configMap, '--secret', space.path('secret')];
  const { stdout, stderr } = await execa(
    ARGOCD,
    ['admin', 'notifications', ...command, name, space.path('application'), ...files],
    { env: { KUBECONFIG: space.path('kubeconfig') } },
  );
  const errors = stderr.split('\n').filter(line => line !== '' && !line.includes('Failed to get AppProject'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return stdout;
}

const Notification = z.strictObject({
  webhook: z.strictObject({
    aftersync: z.strictObject({ method: z.string(), path: z.string(), body: z.string() }),
  }),
});
const Body = z.strictObject({ name: z.string(), event: z.base64() });

/** The body that the webhook is sent for an Application. */
export async function bodyOf(application: unknown, configMap?: string): Promise<z.infer<typeof Body>> {
  const options = configMap === undefined ? {} : { configMap };
  const printed = await notifications(['template', 'notify'], application, options);
  return Body.parse(JSON.parse(Notification.parse(parse(printed)).webhook.aftersync.body));
}

/** Whether each condition of the trigger fires for an Application. */
export async function conditionsOf(application: unknown): Promise<boolean[]> {
  const printed = await notifications(['trigger', 'run'], application);
  return printed
    .trim()
    .split('\n')
    .slice(1)
    .map(line => z.enum(['true', 'false']).parse(/\S+$/.exec(line.trim())?.[0]) === 'true');
}
