import * as z from 'zod';
import { deploymentOf } from './applications.ts';
import { ARGOCD, DEMO, get, kubectl, kubectlWith } from './cluster.ts';

const Deployment = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })).min(1) }) }),
  }),
});

const NAME = 'refusing-receiver';
const OURS = { 'eventsource-name': 'argocd' };

/** Answers 500 to everything and prints what came. */
const SERVER = `
  require('node:http').createServer(async (request, answer) => {
    let body = '';
    for await (const part of request) body += part;
    console.log(body);
    answer.writeHead(500).end();
  }).listen(12000);`;

const select = (add: object, ...without: string[]) => {
  const selector = { ...Object.fromEntries(without.map(label => [label, null])), ...add };
  const patch = JSON.stringify({ spec: { selector } });
  return kubectl('-n', ARGOCD, 'patch', 'service', 'aftersync-argocd', '--type=merge', '-p', patch);
};

/** Argo CD's notifications reach a receiver that answers 500, until {@link receiveAgain}. */
export async function refuse(): Promise<void> {
  const { spec } = await get(Deployment, '-n', DEMO, 'deployment', 'jet');
  const { containers, ...pod } = deploymentOf(NAME, { main: spec.template.spec.containers[0]?.image ?? '' }).spec
    .template.spec;
  const command = ['node', '-e', SERVER];
  await kubectlWith(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: NAME, namespace: ARGOCD, labels: { app: NAME } },
      spec: { ...pod, containers: containers.map(container => ({ ...container, command })) },
    },
    'apply',
    '-f',
    '-',
  );
  await kubectl('-n', ARGOCD, 'wait', 'pod', NAME, '--for=condition=Ready', '--timeout=60s');
  await select({ app: NAME }, ...Object.keys(OURS));
}

/** @returns how many deliveries of one Workflow were answered 500 */
export async function refusalsOf(workflow: string): Promise<number> {
  const lines = (await kubectl('-n', ARGOCD, 'logs', NAME)).split('\n');
  return lines.filter(line => line.includes(workflow)).length;
}

export async function receiveAgain(): Promise<void> {
  await select(OURS, 'app');
  await kubectl('-n', ARGOCD, 'delete', 'pod', NAME, '--ignore-not-found');
}
