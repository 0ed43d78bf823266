import * as z from 'zod';

export interface LogLine {
  /** The line after which argocd ends without a result. */
  fatal: boolean;
  message: string;
}

const JsonLog = z.object({ level: z.string(), msg: z.string() });

/**
 * What argocd says about itself, on stderr or mixed into a saved output. Its logger has three forms: JSON (the default
 * since v3), `FATA[0006] …` on a terminal, `time=… level=… msg=…` elsewhere; its flag parser writes `Error: …`.
 * @returns null where the line is no log line
 */
export function readLogLine(line: string): LogLine | null {
  return readJson(line) ?? readTerminal(line) ?? readFields(line) ?? readOther(line);
}

function readJson(line: string): LogLine | null {
  if (!line.startsWith('{"')) return null;
  try {
    const { success, data } = JsonLog.safeParse(JSON.parse(line));
    return success ? { fatal: isFatal(data.level), message: data.msg } : null;
  } catch {
    return null;
  }
}

function readTerminal(line: string): LogLine | null {
  const [, level, message] = /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d+\] ?(.*)$/.exec(line) ?? [];
  return level === undefined ? null : { fatal: isFatal(level), message: (message ?? '').trim() };
}

function readFields(line: string): LogLine | null {
  const [, level, quoted, bare] = /^time=.*? level=(\w+) msg=(?:"((?:\\.|[^"\\])*)"|(\S+))/.exec(line) ?? [];
  if (level === undefined) return null;
  return { fatal: isFatal(level), message: quoted?.replaceAll('\\"', '"') ?? bare ?? '' };
}

function readOther(line: string): LogLine | null {
  if (/^Error: /.test(line)) return { fatal: true, message: line.slice('Error: '.length) };
  if (/^Warning: |^[IWE]\d{4} \d\d:\d\d:\d\d/.test(line)) return { fatal: false, message: line };
  return null;
}

const isFatal = (level: string): boolean => /^(fata|pani)/i.test(level);
