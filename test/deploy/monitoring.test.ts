import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { metricsOf, PREFIX } from '../../docs/derive/metrics.ts';
import { closed } from '../manifests/closed-schema.ts';
import { readDashboard } from '../monitoring/dashboard.ts';
import { rules } from '../monitoring/rules.ts';
import { kustomize, render, renderWith } from './render.ts';

const OPERATE = readFileSync('docs/operate.md', 'utf8');
const { panels, templating } = readDashboard();
const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ of: title, expr })));
const expressions = [...rules().map(({ alert, expr }) => ({ of: alert, expr })), ...queries];

/** As GitHub makes them. */
const anchors = [...OPERATE.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-'),
);

/** Ours, with the labels that they have; Argo CD's one that tells of syncs. */
const known = new Map<string, string[]>([
  ['argocd_app_sync_total', ['dry_run']],
  ...metricsOf('.').map(({ metric }): [string, string[]] => [
    `${PREFIX}${metric.name}${metric.histogram ? '_bucket' : ''}`,
    [...metric.labels.map(({ key }) => key), ...(metric.histogram ? ['le'] : [])],
  ]),
]);

describe('alerts and dashboard', () => {
  it.each(expressions)('$of asks for metrics and labels that there are', ({ expr }) => {
    const names = expr.match(/\b(?:argo_workflows|argocd)_\w+/g) ?? [];
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect([...known.keys()], name).toContain(name);
    const labels = new Set(names.flatMap(name => known.get(name) ?? []));
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
    const selected = [...expr.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, label = '']) => label);
    for (const label of [...grouped, ...selected]) expect([...labels], label).toContain(label);
  });

  it.each(rules())('$alert leads to a chapter that there is, and stands in its table', ({ alert, annotations }) => {
    const [page, anchor] = annotations.runbook.split('#');
    expect([page, anchors]).toEqual(['docs/operate.md', expect.arrayContaining([anchor])]);
    expect(OPERATE).toContain(`| \`${alert}\` |`);
  });

  it('are all that the table has', () => {
    const rows = [...OPERATE.matchAll(/^\| `(Aftersync\w+)` \|/gm)].map(([, alert]) => alert);
    expect(rows).toEqual(rules().map(({ alert }) => alert));
  });

  it('leave no metric out but those of archive that only count', () => {
    const asked = expressions.map(({ expr }) => expr).join('\n');
    expect([...known.keys()].filter(name => !asked.includes(name))).toEqual([
      `${PREFIX}aftersync_archive_records_total`,
    ]);
  });

  it('use the variables that the dashboard has', () => {
    const used = queries.flatMap(({ expr }) => [...expr.matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name));
    for (const name of used) expect(templating.list.map(variable => variable.name)).toContain(name);
  });

  it('lie side by side', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

const Dashboard = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
  data: z.record(z.string(), z.string()),
});

describe.skipIf(kustomize === undefined)('the component monitoring (needs AFTERSYNC_KUSTOMIZE, the program)', () => {
  const brought = (overlay: string, ...components: string[]) => {
    const without = new Set(render(overlay).map(one => JSON.stringify(one)));
    return renderWith(overlay, ...components).filter(one => !without.has(JSON.stringify(one)));
  };

  it.each(['staging', 'production', 'demo'])('brings %s rules and a dashboard, and changes nothing else', overlay => {
    const found = brought(overlay, 'monitoring');
    expect(found.map(({ kind, metadata }) => [kind, metadata.name, metadata.namespace]).sort()).toEqual([
      ['ConfigMap', 'aftersync-dashboard', 'argocd'],
      ['PrometheusRule', 'aftersync', 'argocd'],
    ]);
    const { metadata, data } = Dashboard.parse(found.find(({ kind }) => kind === 'ConfigMap'));
    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(JSON.parse(data['aftersync.json'] ?? '')).toMatchObject({ uid: 'aftersync' });
  });

  it('scrapes the controller where it is asked to', () => {
    const [, , ...rest] = brought('staging', 'monitoring', 'monitoring/scrape');
    const [monitor] = brought('staging', 'monitoring', 'monitoring/scrape').filter(({ kind }) => kind === 'PodMonitor');
    expect(rest).toHaveLength(1);
    expect(monitor).toMatchObject({
      metadata: { name: 'aftersync-workflow-controller', namespace: 'argocd' },
      spec: { podMetricsEndpoints: [{ port: 'metrics', scheme: 'https', honorLabels: true }] },
    });
  });
});

const OPERATOR = process.env.AFTERSYNC_PROMETHEUS_OPERATOR ?? '';
const crdOf = (plural: string) =>
  join(OPERATOR, `example/prometheus-operator-crd/monitoring.coreos.com_${plural}.yaml`);
const Crd = z.object({
  spec: z.object({ versions: z.array(z.object({ schema: z.object({ openAPIV3Schema: z.looseObject({}) }) })) }),
});

describe.skipIf(OPERATOR === '')(
  'Prometheus operator schema (needs AFTERSYNC_PROMETHEUS_OPERATOR, the directory of its Go module)',
  () => {
    it.each([
      ['prometheusrules', 'rules.yaml', 'labels:', 'lables:'],
      ['podmonitors', 'scrape/pod-monitor.yaml', 'scheme:', 'schema:'],
    ])('knows every field of %s', (plural, file, key, misspelt) => {
      // Expressions of Go, for fields that we leave out.
      const text = readFileSync(crdOf(plural), 'utf8').replaceAll('(?i)', '');
      const { properties, ...schema } = Crd.parse(parse(text)).spec.versions[0]?.schema.openAPIV3Schema ?? {
        properties: {},
      };
      const open = { ...schema, properties: { ...(properties as object), metadata: {}, status: false } };
      const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
        closed(open) as object,
      );
      const ours = readFileSync(join('deploy/components/monitoring', file), 'utf8');
      validate(parse(ours));
      expect(validate.errors ?? []).toEqual([]);
      validate(parse(ours.replace(new RegExp(`^( {6,})${key}`, 'm'), `$1${misspelt}`)));
      expect(validate.errors?.length).toBeGreaterThan(0);
    });
  },
);
