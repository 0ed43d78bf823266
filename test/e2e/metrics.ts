import * as z from 'zod';
import { labelsOf, nameOf, type Sample, samplesIn } from '../monitoring/exposition.ts';
import { ARGOCD, get, kubectl } from './cluster.ts';

const Pods = z.object({
  items: z.array(z.object({ metadata: z.object({ namespace: z.string(), name: z.string() }) })).min(1),
});

/** What the workflow controller tells Prometheus. */
export async function scrapeController(): Promise<Sample[]> {
  const { items } = await get(Pods, 'pods', '--all-namespaces', '-l', 'app=workflow-controller');
  const texts = await Promise.all(
    items.map(({ metadata: { namespace, name } }) => scrape(namespace, `https:${name}:9090`)),
  );
  return texts.flatMap(samplesIn);
}

/** @param pod as the API server's proxy has it: [https:]name:port */
export const scrape = (namespace: string, pod: string): Promise<string> =>
  kubectl('get', `--raw=/api/v1/namespaces/${namespace}/pods/${pod}/proxy/metrics`);

/** The sum of a metric of ours over the series that have these labels. */
export const sumOf = (samples: readonly Sample[], metric: string, labels: Record<string, string> = {}): number =>
  samples
    .filter(sample => nameOf(sample) === `argo_workflows_aftersync_${metric}`)
    .filter(sample => Object.entries(labels).every(([key, value]) => labelsOf(sample)[key] === value))
    .reduce((sum, { value }) => sum + value, 0);

const Measured = z.object({
  status: z.object({
    conditions: z.array(z.object({ type: z.string(), message: z.string().default('') })).default([]),
    nodes: z.record(
      z.string(),
      z.object({
        displayName: z.string(),
        outputs: z
          .object({ parameters: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]) })
          .default({ parameters: [] }),
      }),
    ),
  }),
});

/** The values that a Workflow's tasks gave their metrics, and what Argo could not make a metric of. */
export async function measuredBy(workflow: string, namespace = ARGOCD) {
  const { status } = await get(Measured, '-n', namespace, 'workflow', workflow);
  const tasks = Object.values(status.nodes).map(({ displayName, outputs }): [string, Record<string, string>] => [
    displayName,
    Object.fromEntries(outputs.parameters.map(({ name, value }) => [name, value])),
  ]);
  return {
    errors: status.conditions.filter(({ type }) => type === 'MetricsError').map(({ message }) => message),
    tasks: Object.fromEntries(tasks),
  };
}
