import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { movedTo, nameOf, readScrape, type Sample } from './exposition.ts';
import { promtool } from './prometheus.ts';
import { ruleFile, rules } from './rules.ts';

/*
 * The rules by Prometheus' own tester: six hours of what the controllers of a real cluster said, the syncs half an hour ago, and
 * in each situation one thing that went otherwise.
 */
const MINUTES = 360;
const NOW = MINUTES * 60;
const HALF_AN_HOUR_AGO = MINUTES - 30;
const P = 'argo_workflows_aftersync_';
const IN = '{namespace="argocd"}';

const before = new Map(
  readScrape('test/fixtures/monitoring/before.prom').samples.map(({ series, value }) => [series, value]),
);
const after = movedTo(NOW, readScrape('test/fixtures/monitoring/after.prom'));

/** In the tester's notation: a value, what is added a minute, how often. */
type Course = string;
const constant = (value: number): Course => `${value}+0x${MINUTES}`;
const steady = (change: number): Course => `0+${change}x${MINUTES}`;
const stepped = (from: number, to: number): Course => `${from}+0x${HALF_AN_HOUR_AGO - 1} ${to}+0x30`;

const courseOf = (sample: Sample): Course =>
  nameOf(sample).endsWith('_timestamp_seconds')
    ? constant(sample.value)
    : stepped(before.get(sample.series) ?? sample.value, sample.value);

type Situation = Record<string, Course | null>;
/** The cluster had something of earlier tests in it. */
const MENDED: Situation = { [`${P}missing_since_timestamp_seconds`]: constant(0), [`${P}dead_letters`]: constant(0) };
/** The run as it was, with other series in the place of its own; null: there is none. */
const seriesOf = (otherwise: Situation) => {
  const courses = new Map<string, Course | null>(after.map(sample => [sample.series, courseOf(sample)]));
  for (const [series, course] of Object.entries({ ...MENDED, ...otherwise })) {
    const found = [...courses.keys()].find(one => one === series || one.startsWith(`${series}{`)) ?? series;
    courses.set(found, course);
  }
  return [...courses].flatMap(([series, values]) => (values === null ? [] : [{ series, values }]));
};

const late = (le: string) => `${P}delivery_lag_seconds_bucket{environment="staging",step="submit-evidence",le="${le}"}`;

const LEFT: Situation = Object.fromEntries(
  after.filter(({ series }) => /missing_since|dead_letters/.test(series)).map(one => [one.series, courseOf(one)]),
);

const SITUATIONS: [what: string, fires: string[], otherwise: Situation][] = [
  ['everything is as it was', [], {}],
  ['what earlier tests left', ['AftersyncDeadLetters', 'AftersyncEvidenceMissing'], LEFT],
  ['an archive that ran an hour ago', [], { [`${P}archive_timestamp_seconds${IN}`]: constant(NOW - 3600) }],
  ['missing for half an hour', [], { [`${P}missing_since_timestamp_seconds`]: constant(NOW - 1800) }],
  [
    'missing for two hours',
    ['AftersyncEvidenceMissing'],
    { [`${P}missing_since_timestamp_seconds`]: constant(NOW - 7200) },
  ],
  [
    'records that came late',
    ['AftersyncEvidenceLate'],
    { [late('900')]: stepped(9, 9), [late('3600')]: stepped(9, 12), [late('+Inf')]: stepped(9, 12) },
  ],
  ['syncs without runs', ['AftersyncNoRuns'], { [`${P}run_timestamp_seconds`]: constant(NOW - 4 * 3600) }],
  ['syncs, and no run ever', ['AftersyncNoRuns'], { [`${P}run_timestamp_seconds`]: null }],
  [
    'a reconcile of half an hour ago',
    ['AftersyncReconcileNotRun'],
    { [`${P}reconcile_timestamp_seconds`]: constant(NOW - 1800) },
  ],
  ['a controller that nobody scrapes', ['AftersyncMetricsMissing'], { [`${P}reconcile_timestamp_seconds`]: null }],
  ['dead letters', ['AftersyncDeadLetters'], { [`${P}dead_letters`]: constant(2) }],
  ['a channel that fails', ['AftersyncAlertChannelFailing'], { [`${P}alert_channels_failing`]: constant(1) }],
  ['records that grow', ['AftersyncLedgerGrowth'], { [`${P}records{namespace="argocd",state="complete"}`]: steady(1) }],
  [
    'an archive of three days ago',
    ['AftersyncArchiveNotRun'],
    { [`${P}archive_timestamp_seconds${IN}`]: constant(NOW - 3 * 86_400) },
  ],
  ['records that do not hold', ['AftersyncArchiveBroken'], { [`${P}archive_broken_records${IN}`]: constant(1) }],
];

async function run(...args: string[]) {
  const { exitCode, all } = await execa(promtool ?? '', args, { all: true, reject: false });
  return { exitCode, all };
}
async function files(tests: unknown[]) {
  const root = await mkdtemp(join(tmpdir(), 'aftersync-rules-'));
  await writeFile(join(root, 'rules.yaml'), stringify(ruleFile()));
  await writeFile(join(root, 'test.yaml'), stringify({ rule_files: ['rules.yaml'], evaluation_interval: '1m', tests }));
  return { rules: join(root, 'rules.yaml'), test: join(root, 'test.yaml') };
}
const firing = (alerts: readonly string[], otherwise: Situation) => ({
  interval: '1m',
  input_series: seriesOf(otherwise),
  promql_expr_test: [
    {
      expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
      eval_time: `${MINUTES}m`,
      exp_samples: alerts.map(alertname => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
    },
  ],
});

describe.skipIf(promtool === undefined)('the rules (need AFTERSYNC_PROMTOOL, the program)', () => {
  it('are rules', async () => {
    expect(await run('check', 'rules', (await files([])).rules)).toMatchObject({
      exitCode: 0,
      all: expect.stringContaining(`${rules().length} rules found`),
    });
  });

  it.each(SITUATIONS)('of %s: %j', async (_, alerts, otherwise) => {
    const { exitCode, all } = await run('test', 'rules', (await files([firing(alerts, otherwise)])).test);
    expect([exitCode, all]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('each fire in one of these', () => {
    const seen = new Set(SITUATIONS.flatMap(([, alerts]) => alerts));
    expect([...seen].sort()).toEqual(
      rules()
        .map(({ alert }) => alert)
        .sort(),
    );
  });

  it('say what a person reads', async () => {
    const test = {
      interval: '1m',
      input_series: seriesOf({ [`${P}missing_since_timestamp_seconds`]: constant(NOW - 7200) }),
      alert_rule_test: [
        {
          eval_time: `${MINUTES}m`,
          alertname: 'AftersyncEvidenceMissing',
          exp_alerts: [
            {
              exp_labels: { severity: 'warning', namespace: 'argocd' },
              exp_annotations: {
                summary: 'Something of a sync is not recorded since 2h 0m 0s',
                description: 'kubectl -n argocd get deploymentalerts says of which, and what to do.',
                runbook: 'docs/operate.md#rerun-what-failed',
              },
            },
          ],
        },
      ],
    };
    expect(await run('test', 'rules', (await files([test])).test)).toMatchObject({ exitCode: 0 });
  });

  it('would be noticed where one does not fire', async () => {
    const { exitCode } = await run('test', 'rules', (await files([firing(['AftersyncDeadLetters'], {})])).test);
    expect(exitCode).toBe(1);
  });
});
