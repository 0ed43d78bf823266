import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { kindOf, Metric, metricsOf } from '../../docs/derive/metrics.ts';
import type { Verdict } from '../../steps/report/verdict.ts';
import { manifestsOf } from './manifest.ts';

const VERDICTS = { recorded: 1, 'nothing-owed': 1, missing: 1, 'dry-run': 1 } satisfies Record<Verdict['kind'], 1>;

const Parameter = z.looseObject({ name: z.string(), valueFrom: z.object({ path: z.string(), default: z.string() }) });
const Template = z.looseObject({
  name: z.string(),
  container: z.looseObject({ args: z.array(z.string()).default([]) }).optional(),
  outputs: z.looseObject({ parameters: z.array(Parameter).default([]) }).default({ parameters: [] }),
  metrics: z.object({ prometheus: z.array(Metric) }).optional(),
});
const Owner = z.looseObject({ spec: z.looseObject({ templates: z.array(Template) }) });

const templates = manifestsOf('workflow-templates').flatMap(({ document }) => Owner.parse(document).spec.templates);
const measuring = templates.flatMap(({ metrics, ...template }) =>
  metrics ? [{ ...template, metrics: metrics.prometheus }] : [],
);
const emitted = metricsOf('.');
const template = (name: string) => measuring.find(one => one.name === name);
const parametersIn = (text: string) =>
  [...text.matchAll(/\{\{outputs\.parameters\.([\w-]+)\}\}/g)].map(([, name]) => name);
const amountOf = ({ counter, gauge, histogram }: Metric) => (counter ?? gauge ?? histogram)?.value ?? '';

describe.each(measuring)('the metrics of $name', ({ metrics, outputs, container }) => {
  it('take their values from files that the program writes where it is told to', () => {
    const directory = container?.args.flatMap(
      arg => /^--(?:metrics-)?out=(\/io\/out(?:\/metrics.*)?)$/.exec(arg)?.[1] ?? [],
    );
    const known = outputs.parameters.map(({ name }) => name);
    const used = new Set(metrics.flatMap(metric => parametersIn(JSON.stringify(metric))));
    expect(known).toEqual(expect.arrayContaining([...used]));
    for (const { name, valueFrom } of outputs.parameters.filter(parameter => used.has(parameter.name))) {
      expect(
        directory?.some(place => valueFrom.path.startsWith(`${place}/`)),
        name,
      ).toBe(true);
      // A pod that was killed leaves none; the node would fail for it.
      expect(valueFrom.default).toBe('');
    }
  });

  it('are emitted only where their value is there: Argo reports an empty one as an error of the Workflow', () => {
    for (const metric of metrics) {
      const [guard] = parametersIn(metric.when ?? '');
      expect(metric.when).toBe(`'{{outputs.parameters.${guard}}}' != ''`);
      const value = parametersIn(amountOf(metric));
      expect(value.length === 0 || value.includes(guard)).toBe(true);
      // The guard is an expression: nothing from outside is part of it.
      expect(guard).not.toMatch(/environment/);
    }
  });

  it('differ in their labels where they have one name', () => {
    const keys = metrics.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the metrics of all templates', () => {
  it.each(emitted)(
    '$metric.name of $template has the type, the help and the labels that it has everywhere',
    ({ metric }) => {
      const same = emitted.filter(one => one.metric.name === metric.name).map(one => one.metric);
      const shapeOf = (one: Metric) => [kindOf(one), one.help, one.labels.map(({ key }) => key)];
      for (const other of same) expect(shapeOf(other)).toEqual(shapeOf(metric));
    },
  );

  it('are few series: no label has a value for each sync or Application', () => {
    const labels = emitted.flatMap(({ metric }) => metric.labels);
    const keys = ['step', 'environment', 'outcome', 'result', 'reason', 'state', 'namespace'];
    expect(keys).toEqual(expect.arrayContaining([...new Set(labels.map(({ key }) => key))]));
    const open = labels.filter(({ value }) => value.includes('{{')).map(({ key }) => key);
    expect([...new Set(open)].sort()).toEqual(['environment', 'namespace', 'result']);
  });

  it('are named as Prometheus names them: counters in _total, times in _seconds', () => {
    for (const { metric } of emitted) {
      expect(metric.name).toMatch(/^aftersync_[a-z_]+$/);
      expect(metric.name.endsWith('_total')).toBe(metric.counter !== undefined);
      expect(metric.name.endsWith('_seconds')).toBe(metric.histogram !== undefined || /timestamp/.test(metric.name));
    }
  });
});

describe('compact', () => {
  it('counts what the steps of post-deployment count', () => {
    const renamed = (step: string, prefix: string) =>
      JSON.parse(
        JSON.stringify(template(step)?.metrics).replaceAll('outputs.parameters.', `outputs.parameters.${prefix}-`),
      );
    expect(template('pipeline')?.metrics).toEqual([
      ...renamed('submit-evidence', 'evidence'),
      ...renamed('submit-release', 'release'),
    ]);
  });

  it('reads the same files', () => {
    const filesOf = (name: string) =>
      template(name)
        ?.outputs.parameters.filter(one => one.name !== 'head')
        .map(({ valueFrom }) => valueFrom.path) ?? [];
    expect(filesOf('pipeline')).toEqual([...filesOf('submit-evidence'), ...filesOf('submit-release')]);
  });
});

describe('reconcile', () => {
  const keyOf = ({ name, labels }: Metric) => JSON.stringify([name, labels]);
  const others = emitted.filter(({ template: owner }) => owner !== 'reconcile' && owner !== 'pipeline');

  it('makes counters of syncs be there, at zero, before the first one', () => {
    const initial = template('reconcile')?.metrics.filter(metric => metric.counter?.value === '0') ?? [];
    const counted = others.filter(({ template: owner, metric }) => metric.counter && owner !== 'archive');
    const fixed = counted.filter(({ metric }) => metric.labels.every(({ key }) => key !== 'result'));
    expect(initial.map(keyOf)).toEqual(expect.arrayContaining(fixed.map(({ metric }) => keyOf(metric))));
    const results = initial.flatMap(({ labels }) =>
      labels.filter(({ key }) => key === 'result').map(({ value }) => value),
    );
    // Nothing is rehearsed in the cluster.
    expect([...results, 'dry-run'].sort()).toEqual(Object.keys(VERDICTS).sort());
  });
});

it('would be noticed where a template names a parameter that it does not have', () => {
  const text = readFileSync('workflow-templates/conclude.yaml', 'utf8');
  const [first] = Owner.parse(parse(text.replaceAll('parameters.result}}', 'parameters.nosuch}}'))).spec.templates;
  expect(parametersIn(JSON.stringify(first?.metrics))).toContain('nosuch');
  expect(first?.outputs.parameters.map(({ name }) => name)).not.toContain('nosuch');
});
