import { oneLine } from '../lib/runtime/outside-text.ts';
import type { NodeResult } from './dag.ts';
import { findingsOf, lastSaid } from './findings.ts';
import type { Attempt } from './retry.ts';

/** What a person sees while a Workflow runs: one line a step. */
export interface Progress {
  started(task: string): void;
  retrying(task: string, failed: Attempt, waitMs: number): void;
  finished(task: string, node: NodeResult, durationMs: number): Promise<void>;
  kept(task: string): void;
  omitted(task: string): void;
}

const NAME_WIDTH = 16;
const TIME_WIDTH = 7;

/** @param out where it is written; on a terminal the step at work is shown too */
export function createProgress(out: NodeJS.WriteStream): Progress {
  const line = (mark: string, task: string, time: string, text: string) =>
    out.write(
      `${clear()}  ${mark} ${task.padEnd(NAME_WIDTH)} ${time.padStart(TIME_WIDTH)}  ${oneLine(text)}`
        .trimEnd()
        .concat('\n'),
    );
  const clear = () => (out.isTTY ? '\r\u001b[K' : '');
  return {
    started: task => {
      if (out.isTTY) out.write(`  … ${task}`);
    },
    retrying: (task, failed, waitMs) =>
      line('↻', task, seconds(failed.durationMs), `${plain(failed.message)}; again in ${seconds(waitMs)}`),
    async finished(task, node, durationMs) {
      const succeeded = node.phase === 'Succeeded';
      const found = (await findingsOf(node.outputs)) ?? (succeeded ? await lastSaid(node.outputs) : '');
      line(succeeded ? '✓' : '✗', task, seconds(durationMs), found);
      if (!succeeded) out.write(`      ${plain(node.message)}\n`);
    },
    kept: task => line('=', task, '', 'kept from an earlier run'),
    omitted: task => line('–', task, '', 'not run: what it depends on did not succeed'),
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Without what the executor puts in front of it. */
const plain = (message: string): string => oneLine(message.replace(/^main: Error \(exit code \d+\): /, ''));
