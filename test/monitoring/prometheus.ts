import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import * as z from 'zod';
import type { Sample } from './exposition.ts';

export const promtool = process.env.AFTERSYNC_PROMTOOL;
export const server = process.env.AFTERSYNC_PROMETHEUS;

/** What an instant query answers, a row for each series. */
export interface Row {
  labels: Record<string, string>;
  value: number;
}

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

export interface Prometheus {
  /** @param at seconds since 1970 @throws where it does not understand the query */
  query(expr: string, at: number): Promise<Row[]>;
  stop(): Promise<void>;
}

/** A Prometheus that has scraped these, at these times (seconds since 1970). */
export async function prometheusWith(
  scrapes: readonly { at: number; samples: readonly Sample[] }[],
): Promise<Prometheus> {
  const root = await mkdtemp(join(tmpdir(), 'aftersync-prometheus-'));
  const path = (name: string) => join(root, name);
  await writeFile(path('prometheus.yml'), '');
  await writeFile(path('scrapes'), toOpenMetrics(scrapes));
  await execa(promtool ?? '', ['tsdb', 'create-blocks-from', 'openmetrics', path('scrapes'), path('data')]);
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    server ?? '',
    [
      `--config.file=${path('prometheus.yml')}`,
      `--storage.tsdb.path=${path('data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  await untilReady(`http://${address}/-/ready`, child);
  return {
    async query(expr, at) {
      const body = new URLSearchParams({ query: expr, time: String(at) });
      const text = await (await fetch(`http://${address}/api/v1/query`, { method: 'POST', body })).text();
      const answer = Answer.safeParse(JSON.parse(text));
      if (!answer.success) throw new Error(`${expr}: ${text}`);
      return answer.data.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Series by series, because the format wants the samples of one together. */
function toOpenMetrics(scrapes: readonly { at: number; samples: readonly Sample[] }[]): string {
  const lines = new Map<string, string[]>();
  for (const { at, samples } of scrapes)
    for (const { series, value } of samples)
      lines.set(series, [...(lines.get(series) ?? []), `${series} ${value} ${at}`]);
  return `${[...lines]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([, of]) => of)
    .join('\n')}\n# EOF\n`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries += 1) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  child.kill();
  throw new Error(`Prometheus does not answer at ${url}`);
}
