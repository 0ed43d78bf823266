import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asked, readDashboard } from './dashboard.ts';
import { movedTo, readScrape } from './exposition.ts';
import { type Prometheus, prometheusWith, promtool, type Row, server } from './prometheus.ts';

/*
 * The dashboard as Grafana would fill it, from what the controllers of a real cluster said before and after syncs: three hours of
 * one scrape a minute, the syncs in the last half hour.
 */
const before = readScrape('test/fixtures/monitoring/before.prom');
const after = readScrape('test/fixtures/monitoring/after.prom');
const NOW = after.at;
const { panels } = readDashboard();
const scrapes = Array.from({ length: 180 }, (_, minute) => NOW - (179 - minute) * 60).map(at => ({
  at,
  samples: at < NOW - 1800 ? movedTo(at, before) : after.samples,
}));

describe.skipIf(promtool === undefined || server === undefined)(
  'the dashboard (needs AFTERSYNC_PROMTOOL and AFTERSYNC_PROMETHEUS, the programs)',
  () => {
    let prometheus: Prometheus;
    beforeAll(async () => {
      prometheus = await prometheusWith(scrapes);
    }, 60_000);
    afterAll(() => prometheus?.stop());

    it.each(panels)('$title has data after a run', async ({ targets }) => {
      for (const { expr } of targets) {
        const rows = await prometheus.query(asked(expr), NOW);
        expect(rows.length, expr).toBeGreaterThan(0);
        for (const { value } of rows) expect(Number.isFinite(value), expr).toBe(true);
      }
    });

    it('shows what the runs did', async () => {
      const shown: string[] = [];
      for (const { title, targets, fieldConfig } of panels)
        for (const { expr } of targets)
          for (const row of await prometheus.query(asked(expr), NOW))
            shown.push(`${title} | ${nameOf(row)} | ${toText(row.value, fieldConfig.defaults.unit)}`);
      await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot('../fixtures/monitoring/dashboard.txt');
    });

    it('would be noticed where a query is none', async () => {
      await expect(prometheus.query('sum(', NOW)).rejects.toThrow(/parse error/);
    });
  },
);

const nameOf = ({ labels }: Row): string => Object.values(labels).join(' ') || '-';
const toText = (value: number, unit: string): string => `${Math.round(value * 10) / 10}${unit === 's' ? ' s' : ''}`;
