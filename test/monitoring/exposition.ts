import { readFileSync } from 'node:fs';

/** One line of what a program tells Prometheus. */
export interface Sample {
  /** Name and labels, as they were written. */
  series: string;
  value: number;
}

/** What the workflow controller and Argo CD's application controller said at one time: test/fixtures/monitoring. */
export interface Scrape {
  /** Seconds since 1970. */
  at: number;
  samples: Sample[];
}

const LINE = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/;

export function samplesIn(text: string): Sample[] {
  return text.split('\n').flatMap(line => {
    const [, series, value] = LINE.exec(line) ?? [];
    return series === undefined ? [] : [{ series, value: Number(value) }];
  });
}

/** The first line of such a file says when it was. */
export function readScrape(path: string): Scrape {
  const text = readFileSync(path, 'utf8');
  return { at: Number(/^# scraped at (\d+)$/m.exec(text)?.[1]), samples: samplesIn(text) };
}

export const nameOf = ({ series }: Sample): string => series.replace(/\{.*/, '');

export const labelsOf = ({ series }: Sample): Record<string, string> =>
  Object.fromEntries([...series.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));

/** Times that a metric tells, as if the scrape had been at another time. */
export const movedTo = (at: number, { at: from, samples }: Scrape): Sample[] =>
  samples.map(sample =>
    nameOf(sample).endsWith('_timestamp_seconds') && sample.value > 0
      ? { ...sample, value: sample.value - from + at }
      : sample,
  );
