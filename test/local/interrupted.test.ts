import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../local/cli.ts';
import { JetState } from '../../local/standins/jet.ts';
import { runStep, workspace } from '../support/run-step.ts';

/** Whole runs: six processes each. */
const TIMEOUT_MS = 180_000;
const RUN = 'runs/checkout-4dddb32594f7f796';

/** A run in a process of its own, which has come to a step. */
async function startedUntil(step: string, dir: string) {
  const run = execa(process.execPath, ['--import', 'tsx', 'local/cli.ts', '--dir', dir], { all: true, reject: false });
  while (!existsSync(`${dir}/${RUN}/${step}`)) await sleep(20);
  return { run };
}

describe('a run that is interrupted', () => {
  it('goes on after SIGKILL with the same command, and sends nothing twice', { timeout: TIMEOUT_MS }, async () => {
    const { path } = await workspace();
    const dir = path('kept');
    const { run: killed } = await startedUntil('submit-evidence', dir);
    await sleep(900);
    killed.kill('SIGKILL');
    await killed;
    const { exitCode, output } = await runStep(main, ['--dir', dir]);
    expect(exitCode, output).toBe(0);
    const state = JetState.parse(parse(await readFile(`${dir}/samples/production/standins/jet.yaml`, 'utf8')));
    expect(new Set(state.deployments.map(({ body }) => body)).size).toBe(3);
    expect(state.deployments).toHaveLength(3);
    expect(state.releases).toHaveLength(1);
  });

  it('stops on SIGINT with its steps, and refuses a second run at the same time', { timeout: TIMEOUT_MS }, async () => {
    const { path } = await workspace();
    const dir = path('kept');
    const { run: stopped } = await startedUntil('fetch-app', dir);
    const second = await runStep(main, ['--dir', dir]);
    expect(second.output).toMatch(/Another run is at work: .*; wait until it has ended, or give another --dir/);
    expect(second.exitCode).toBe(75);
    stopped.kill('SIGINT');
    const { exitCode, all } = await stopped;
    expect(all).toMatch(/stopped; the same command goes on/);
    expect(exitCode).toBe(130);
    expect(existsSync(`${dir}/${RUN}/diff-images`)).toBe(false);
  });
});
