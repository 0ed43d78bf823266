/** The Grafana dashboard of deploy/components/monitoring, whose file is derived. Numbers are those of docs/operate.md. */

interface Panel {
  title: string;
  description: string;
  /** PromQL, with a legend where there are several series. */
  queries: readonly [expr: string, legend?: string][];
  unit?: 'short' | 's';
  /** From which value on it is red. */
  red?: number;
}

const P = 'argo_workflows_aftersync_';
const environment = 'environment=~"$environment"';
/** A controller that was replaced leaves its series for five minutes: the larger one counts. */
const latest = (gauge: string, ...labels: string[]) => `max by (${['namespace', ...labels].join(', ')}) (${P}${gauge})`;
const ago = (gauge: string) => `time() - max(${P}${gauge})`;
const within = (range: string, counter: string, ...selectors: string[]) =>
  `increase(${P}${counter}{${selectors.join(', ')}}[${range}])`;
const delivered = (...selectors: string[]) =>
  `sum(${within('$__range', 'deliveries_total', environment, ...selectors)})`;
const lag = (quantile: number) => {
  const buckets = within('1h', 'delivery_lag_seconds_bucket', environment, 'step="submit-evidence"');
  return `histogram_quantile(${quantile}, sum by (le) (${buckets}))`;
};
/** A series for each Application: one that was not there an hour ago has risen by all that it holds. */
const SYNCS = 'argocd_app_sync_total{dry_run!="true"}';
const RECORDED = 'outcome=~"accepted|duplicate"';

/** Numbers of now or of the time that is shown: six in a row. */
const STATS: readonly Panel[] = [
  {
    title: 'Artifacts without evidence',
    description: 'Owed and not recorded, in all records of the cluster.',
    queries: [[`sum(${latest('missing_artifacts')})`]],
    red: 1,
  },
  {
    title: 'Missing since',
    description: 'How long ago the oldest sync ended of which something is missing; 0 where nothing is.',
    queries: [[`(time() - max(${P}missing_since_timestamp_seconds > 0)) or vector(0)`]],
    unit: 's',
    red: 3600,
  },
  {
    title: 'Alerts firing',
    description: 'DeploymentAlerts.',
    queries: [[`sum(${latest('alerts_firing')})`]],
    red: 1,
  },
  {
    title: 'Channels failing',
    description: 'Channels that do not take alerts.',
    queries: [[`sum(${latest('alert_channels_failing')})`]],
    red: 1,
  },
  {
    title: 'Dead letters',
    description: 'Events that could not start a Workflow.',
    queries: [[`sum(${latest('dead_letters')})`]],
    red: 1,
  },
  {
    title: 'Last reconcile',
    description: 'How long ago lost syncs were looked for.',
    queries: [[ago('reconcile_timestamp_seconds')]],
    unit: 's',
    red: 1200,
  },
  {
    title: 'Artifacts recorded',
    description: 'In the time that is shown.',
    queries: [[delivered('step="submit-evidence"', RECORDED)]],
  },
  {
    title: 'Release events',
    description: 'In the time that is shown.',
    queries: [[delivered('step="submit-release"', RECORDED)]],
  },
  {
    title: 'Answered as duplicates',
    description: 'The store had them already: an answer was lost, or somebody else sent them.',
    queries: [[delivered('outcome="duplicate"')]],
  },
  {
    title: 'Refused',
    description: 'Deliveries that the store rejected.',
    queries: [[delivered('outcome="rejected"')]],
    red: 1,
  },
  {
    title: 'Runs',
    description: 'Runs of the pipeline that ended.',
    queries: [[`sum(${within('$__range', 'runs_total', environment)})`]],
  },
  {
    title: 'Last run',
    description: 'How long ago a run of the pipeline ended.',
    queries: [[ago('run_timestamp_seconds')]],
    unit: 's',
  },
];

/** Courses over time: two in a row. */
const GRAPHS: readonly Panel[] = [
  {
    title: 'Deliveries in an hour',
    description: 'By step and outcome.',
    queries: [[`sum by (step, outcome) (${within('1h', 'deliveries_total', environment)})`, '{{step}} {{outcome}}']],
  },
  {
    title: 'From sync to record',
    description: 'From the end of a sync to its last evidence, in the hour before.',
    queries: [
      [lag(0.5), 'median'],
      [lag(0.95), '95th percentile'],
    ],
    unit: 's',
  },
  {
    title: 'Syncs and runs in an hour',
    description: "Argo CD's syncs beside runs of the pipeline, by result. A run may be a second one of its sync.",
    queries: [
      [`sum((increase(${SYNCS}[1h]) and ${SYNCS} offset 1h) or (${SYNCS} unless ${SYNCS} offset 1h))`, 'syncs'],
      [`sum by (result) (${within('1h', 'runs_total', environment)})`, 'runs: {{result}}'],
    ],
  },
  {
    title: 'Workflows of reconcile in an hour',
    description: 'Started for what no notification had told of, resumed for what had been left incomplete.',
    queries: [[`sum by (outcome) (${within('1h', 'reconcile_workflows_total')})`, '{{outcome}}']],
  },
  {
    title: 'Left alone',
    description: 'As reconcile saw them last: operations by reason, and Applications that leave themselves out.',
    queries: [
      [`sum by (reason) (${latest('operations', 'reason')})`, '{{reason}}'],
      [`sum(${latest('ignored_applications')})`, 'ignored Applications'],
    ],
  },
  {
    title: 'Records in the cluster',
    description: 'By state: held wants a person, owed another run.',
    queries: [[`sum by (state) (${latest('records', 'state')})`, '{{state}}']],
  },
];

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const stat = (panel: Panel, index: number) => ({
  ...common(panel, index),
  type: 'stat',
  gridPos: { x: (index % 6) * 4, y: Math.floor(index / 6) * 4, w: 4, h: 4 },
  fieldConfig: {
    defaults: {
      unit: panel.unit ?? 'short',
      noValue: 'no data',
      thresholds: {
        mode: 'absolute',
        steps: [
          { color: 'green', value: null },
          ...(panel.red === undefined ? [] : [{ color: 'red', value: panel.red }]),
        ],
      },
    },
    overrides: [],
  },
  options: { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value', graphMode: 'none' },
});

const graph = (panel: Panel, index: number) => ({
  ...common(panel, STATS.length + index),
  type: 'timeseries',
  gridPos: { x: (index % 2) * 12, y: 8 + Math.floor(index / 2) * 8, w: 12, h: 8 },
  fieldConfig: { defaults: { unit: panel.unit ?? 'short', min: 0, custom: { fillOpacity: 5 } }, overrides: [] },
  options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
});

const common = ({ title, description, queries }: Panel, index: number) => ({
  id: index + 1,
  title,
  description,
  datasource: DATASOURCE,
  targets: queries.map(([expr, legendFormat], at) => ({
    refId: String.fromCharCode(65 + at),
    datasource: DATASOURCE,
    expr,
    ...(legendFormat === undefined ? { instant: true, range: false } : { legendFormat }),
  })),
});

const dashboard = () => ({
  uid: 'aftersync',
  title: 'aftersync',
  tags: ['aftersync'],
  schemaVersion: 39,
  editable: true,
  refresh: '1m',
  time: { from: 'now-24h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      {
        name: 'environment',
        label: 'Environment',
        type: 'query',
        datasource: DATASOURCE,
        query: { query: `label_values(${P}runs_total, environment)`, refId: 'environment' },
        multi: true,
        includeAll: true,
        allValue: '.*',
        current: { text: 'All', value: '$__all' },
        refresh: 2,
        sort: 1,
      },
    ],
  },
  panels: [...STATS.map(stat), ...GRAPHS.map(graph)],
});

export const dashboardFile = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;
