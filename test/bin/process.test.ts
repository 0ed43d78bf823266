import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { workspace } from '../support/run-step.ts';

/** A program of ours that does what is given, as a process. */
async function program(body: string) {
  const { path } = await workspace();
  const module = new URL('../../lib/runtime/program.ts', import.meta.url).href;
  await writeFile(
    path('cli.mts'),
    `import { commandLine, runProgram, runAsProcess } from '${module}';
     const main = () => runProgram(commandLine('a-program', '', '').action(async () => { ${body} }), []);
     void runAsProcess('a-program', main);`,
  );
  return path('cli.mts');
}
const run = async (body: string) =>
  execa(process.execPath, ['--import', 'tsx', await program(body)], { reject: false, all: true });
const inShell = async (body: string, command: (program: string) => string) =>
  execa('bash', ['-c', command(`"${process.execPath}" --import tsx ${await program(body)}`)], { reject: false });

describe('a process of ours', () => {
  it('has not succeeded where it waits for nothing that can happen', async () => {
    const { exitCode, all } = await run('await new Promise(() => {})');
    expect(exitCode).toBe(1);
    expect(all).toMatch(/^a-program: Ended before it was finished: .*; run it again, and report this bug$/);
  });

  it.each([
    [
      'an exception that nobody catches',
      'setTimeout(() => { throw new TypeError("boom") }); await new Promise(() => {})',
    ],
    [
      'a promise that nobody catches',
      'void Promise.reject(new TypeError("boom")); await new Promise(r => setTimeout(r, 500))',
    ],
    [
      'an error that nobody listens to',
      'new (await import("node:events")).EventEmitter().emit("error", new TypeError("boom"))',
    ],
  ])('ends with one line, and no stack, after %s', async (_, body) => {
    const { exitCode, all } = await run(body);
    expect(exitCode).toBe(1);
    expect(all).toMatch(/^a-program: Unexpected TypeError at \S+: boom; this is a bug, please report it$/);
  });

  it('says nothing where its reader has seen enough, and ends as it would', async () => {
    const print = 'for (let i = 0; i < 50_000; i += 1) process.stdout.write("line " + i + "\\n");';
    for (const [end, code] of [
      ['', 0],
      ['throw Object.assign(new Error("x"), {})', 1],
    ] as const) {
      const { stdout, stderr } = await inShell(`${print} ${end}`, one => `${one} | head -1; echo "\${PIPESTATUS[0]}"`);
      expect(stdout).toBe(`line 0\n${code}`);
      expect(stderr.split('\n').filter(Boolean)).toHaveLength(code);
    }
  });

  it('has not succeeded where what it printed is lost', async () => {
    const { exitCode, stderr } = await inShell('process.stdout.write("x".repeat(100))', one => `${one} >/dev/full`);
    expect(exitCode).toBe(75);
    expect(stderr).toBe('a-program: No room to write: stdout (ENOSPC); make room; it is tried again');
  });

  it('keeps its exit code where stderr is gone', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', 'records', 'list', '--nosuch'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.destroy();
    expect(await new Promise(resolve => child.on('close', resolve))).toBe(2);
  });
});
