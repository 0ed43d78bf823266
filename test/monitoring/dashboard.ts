import { readFileSync } from 'node:fs';
import * as z from 'zod';

const Target = z.looseObject({ refId: z.string(), expr: z.string() });
const Dashboard = z.looseObject({
  uid: z.string(),
  title: z.string(),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      title: z.string(),
      type: z.enum(['stat', 'timeseries']),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.enum(['short', 's']) }) }),
      targets: z.array(Target).min(1),
    }),
  ),
});

export const readDashboard = () =>
  Dashboard.parse(JSON.parse(readFileSync('deploy/components/monitoring/aftersync.json', 'utf8')));

/** A query as Grafana sends it: everything of the last hour. */
export const asked = (expr: string): string =>
  expr.replaceAll('$__range', '1h').replaceAll('$environment', '.*').replaceAll('$__rate_interval', '5m');
