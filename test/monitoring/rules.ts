import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const Rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
});
const PrometheusRule = z.looseObject({
  spec: z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })) }),
});

/** What the Prometheus operator gives Prometheus as a file. */
export const ruleFile = () =>
  PrometheusRule.parse(parse(readFileSync('deploy/components/monitoring/rules.yaml', 'utf8'))).spec;

export const rules = () => ruleFile().groups.flatMap(group => group.rules);
