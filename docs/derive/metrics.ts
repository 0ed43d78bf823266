import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { code, prose, table } from './markdown.ts';

/** What Argo Workflows puts before the name of every metric. */
export const PREFIX = 'argo_workflows_';

const Value = z.looseObject({ value: z.string() });
export const Metric = z.looseObject({
  name: z.string(),
  help: z.string(),
  labels: z.array(z.strictObject({ key: z.string(), value: z.string() })).default([]),
  when: z.string().optional(),
  counter: Value.optional(),
  gauge: Value.optional(),
  histogram: Value.optional(),
});
export type Metric = z.infer<typeof Metric>;

const Owner = z.looseObject({
  spec: z.looseObject({
    templates: z
      .array(
        z.looseObject({
          name: z.string(),
          metrics: z.object({ prometheus: z.array(Metric) }).optional(),
        }),
      )
      .default([]),
  }),
});

/** A metric and the template that emits it. */
export interface Emitted {
  template: string;
  metric: Metric;
}

/** Everything that the templates emit, in the order of their files. */
export function metricsOf(root: string): Emitted[] {
  const folder = join(root, 'workflow-templates');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
    .sort()
    .flatMap(file => Owner.parse(parse(readFileSync(join(folder, file), 'utf8'))).spec.templates)
    .flatMap(({ name, metrics }) => (metrics?.prometheus ?? []).map(metric => ({ template: name, metric })));
}

export const kindOf = ({ counter, gauge }: Metric): 'counter' | 'gauge' | 'histogram' =>
  counter ? 'counter' : gauge ? 'gauge' : 'histogram';

/** One row for each name, with the values of its labels that a template fixes. */
export function metricTable(root: string): string {
  const emitted = metricsOf(root);
  const names = [...new Set(emitted.map(({ metric }) => metric.name))].sort();
  return table(
    ['Metric', 'Type', 'Labels', 'What'],
    names.flatMap(name => {
      const of = emitted.filter(({ metric }) => metric.name === name).map(({ metric }) => metric);
      const [first] = of;
      if (first === undefined) return [];
      return [[code(`${PREFIX}${name}`), kindOf(first), labelsOf(of), prose(first.help)]];
    }),
  );
}

function labelsOf(metrics: readonly Metric[]): string {
  const labels = metrics.flatMap(metric => metric.labels);
  return [...new Set(labels.map(({ key }) => key))]
    .map(key => {
      const values = [...new Set(labels.filter(label => label.key === key).map(({ value }) => value))];
      const fixed = values.filter(value => !value.includes('{{'));
      return fixed.length === 0 ? code(key) : `${code(key)} (${fixed.join(', ')})`;
    })
    .join(', ');
}
