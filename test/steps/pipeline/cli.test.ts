import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { main } from '../../../steps/pipeline/cli.ts';
import { runStep, workspace } from '../../support/run-step.ts';

/** Stands for aftersync: does what `ends` says of a step, and keeps how it was called. */
const PROGRAM = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
const [step, ...argv] = process.argv.slice(2);
const { calls, ends } = JSON.parse(process.env.TEST_PIPELINE);
const flags = Object.fromEntries(argv.map(arg => arg.slice(2).split('=')));
const seen = Object.values(flags).filter(value => existsSync(value));
appendFileSync(calls, JSON.stringify({ step, argv, seen, config: process.env.AFTERSYNC_CONFIG }) + '\\n');
const { exitCode = 0, says = '', signal, writes = true } = ends[step] ?? {};
if (writes) writeFileSync(flags.out, '{}');
writeFileSync(process.env.AFTERSYNC_TERMINATION_LOG, says, { flag: 'r+' });
if (signal) process.kill(process.pid, signal);
process.exitCode = exitCode;
`;

async function run(ends: Record<string, object>, flags: string[] = []) {
  const space = await workspace({ 'program.mjs': PROGRAM, event: '{}', calls: '' });
  process.env.TEST_PIPELINE = JSON.stringify({ calls: space.path('calls'), ends });
  const again = async () => {
    const result = await runStep(main, [
      `--event-file=${space.path('event')}`,
      `--out=${space.path('out')}`,
      `--program=${space.path('program.mjs')}`,
      ...flags,
    ]);
    const lines = (await readFile(space.path('calls'), 'utf8')).trim().split('\n');
    const calls = lines.map(line => JSON.parse(line.replaceAll(`${space.directory}/`, '')));
    return { ...result, calls };
  };
  return { ...(await again()), again };
}

describe('pipeline', () => {
  it('gives each step the files that the steps before it wrote', async () => {
    const { exitCode, calls } = await run({}, [
      '--regcred=/etc/regcred/.dockerconfigjson',
      '--config=/etc/config.yaml',
    ]);
    expect(exitCode).toBe(0);
    expect(calls.map(({ step, argv }) => [step, ...argv])).toEqual([
      ['fetch-app', '--event-file=event', '--out=out/deployment.json'],
      ['diff-images', '--deployment=out/deployment.json', '--out=out/image-diff.json'],
      [
        'jfrog-lookup',
        '--deployment=out/deployment.json',
        '--image-diff=out/image-diff.json',
        '--regcred=/etc/regcred/.dockerconfigjson',
        '--out=out/artifacts.json',
      ],
      [
        'submit-evidence',
        '--deployment=out/deployment.json',
        '--artifacts=out/artifacts.json',
        '--out=out/evidence.json',
        '--head-out=out/head',
        '--metrics-out=out/metrics/submit-evidence',
      ],
      [
        'submit-release',
        '--deployment=out/deployment.json',
        '--evidence=out/evidence.json',
        '--out=out/release.json',
        '--head-out=out/head',
        '--metrics-out=out/metrics/submit-release',
      ],
    ]);
    expect(new Set(calls.map(({ config }) => config))).toEqual(new Set(['/etc/config.yaml']));
  });

  it('goes on behind a lookup that failed, and reports the reason of both', async () => {
    const { exitCode, output, calls } = await run({
      'jfrog-lookup': { exitCode: 1, says: 'jfrog-lookup: Metadata is missing: web; add it' },
      'submit-evidence': { exitCode: 1, says: 'submit-evidence: Evidence is missing: web; add it' },
    });
    expect(exitCode).toBe(1);
    expect(calls.map(({ step }) => step).at(-1)).toBe('submit-evidence');
    expect(output).toContain(
      'pipeline: 2 steps failed: jfrog-lookup (exit code 1) Metadata is missing: web; add it | submit-evidence (exit code 1) Evidence is missing: web; add it; Retry',
    );
  });

  it('is tried again where a step was killed', async () => {
    const { exitCode, output, calls } = await run({ 'diff-images': { signal: 'SIGKILL' } });
    expect(exitCode).toBe(75);
    expect(output).toMatch(/diff-images \(killed\)/);
    expect(calls).toHaveLength(2);
  });

  it('never takes what an earlier run wrote for the work of this one', async () => {
    const first = await run({});
    process.env.TEST_PIPELINE = String(process.env.TEST_PIPELINE).replace(
      '"ends":{}',
      '"ends":{"jfrog-lookup":{"exitCode":2,"writes":false}}',
    );
    const { calls } = await first.again();
    const evidence = calls.at(-2);
    expect(evidence).toMatchObject({ step: 'submit-evidence', seen: ['out/deployment.json'] });
  });

  it('refuses a command line without an event', async () => {
    const { exitCode, output } = await runStep(main, ['--out=out']);
    expect(output).toMatch(/pipeline: required option '--event-file <file>'/);
    expect(exitCode).toBe(2);
  });
});
