import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ExitCode, refused } from '../../../lib/runtime/failure.ts';
import { readArtifact, writeArtifact } from '../../../lib/runtime/files.ts';
import { oneLine } from '../../../lib/runtime/outside-text.ts';
import { runProgram, stepProgram } from '../../../lib/runtime/program.ts';
import { readIdentifier, readSecret } from '../../../lib/runtime/secrets.ts';
import { runStep, workspace } from '../../support/run-step.ts';

const Shape = z.strictObject({ schemaVersion: z.literal('test/v1'), count: z.number() });

const main = (work: () => Promise<void>) => (argv: readonly string[]) =>
  runProgram(stepProgram('a-step', 'Does a thing.', 'a-step --out x').action(work), argv);

afterEach(() => vi.unstubAllEnvs());

describe('program of a step', () => {
  it('answers 0 and says nothing', async () => {
    expect(
      await runStep(
        main(async () => {}),
        ['--out=x'],
      ),
    ).toEqual({ exitCode: ExitCode.done, output: '' });
  });

  it('turns a failure into its exit code and one line, on stderr and in the termination log', async () => {
    const files = await workspace({ log: '' });
    vi.stubEnv('AFTERSYNC_TERMINATION_LOG', files.path('log'));
    const work = async () => {
      throw refused('Store refused', 'record 7', 'mend it');
    };
    const run = await runStep(main(work), ['--out=x']);
    expect(run).toEqual({ exitCode: ExitCode.refused, output: 'a-step: Store refused: record 7; mend it\n' });
    expect(await readFile(files.path('log'), 'utf8')).toBe('a-step: Store refused: record 7; mend it');
  });

  it.each([
    [[], "required option '--out <file>' not specified"],
    [['--out=x', '--nonsense'], "unknown option '--nonsense'"],
    [['--out=x', 'stray'], 'too many arguments'],
  ])('takes the command line %j as bad input, in one line', async (argv, words) => {
    const { exitCode, output } = await runStep(
      main(async () => {}),
      argv,
    );
    expect(exitCode).toBe(ExitCode.input);
    expect(output).toContain(words);
    expect(output.trimEnd().split('\n')).toHaveLength(1);
  });

  it('shows help with an example and the exit codes', async () => {
    const { exitCode, output } = await runStep(
      main(async () => {}),
      ['--help'],
    );
    expect(exitCode).toBe(ExitCode.done);
    expect(output).toContain('Example:');
    expect(output).toContain('75 try again');
  });

  it('names a bug by place and without the error that held a request', async () => {
    const work = async () => {
      throw Object.assign(new TypeError('boom'), { config: { headers: { Authorization: 'canary' } } });
    };
    const { exitCode, output } = await runStep(main(work), ['--out=x']);
    expect(exitCode).toBe(ExitCode.refused);
    expect(output).toMatch(/^a-step: Unexpected TypeError at program\.test\.ts:\d+:\d+: boom; this is a bug/);
    expect(output).not.toContain('canary');
  });
});

describe('artifacts', () => {
  it('are held against their contract before they are written, and nothing is left behind', async () => {
    const files = await workspace();
    await expect(
      writeArtifact(Shape, files.path('a.json'), { schemaVersion: 'test/v1', count: 'x' } as never),
    ).rejects.toThrow();
    expect(await files.files()).toEqual([]);
  });

  it.each([
    ['{', 'Not JSON: --in='],
    ['{"schemaVersion":"test/v2","count":1}', 'schemaVersion: '],
    ['{"schemaVersion":"test/v1","count":1,"more":1}', 'Unrecognized key: "more"'],
  ])('are held against their contract after they are read: %s', async (text, words) => {
    const files = await workspace({ 'a.json': text });
    await expect(readArtifact(Shape, files.path('a.json'), '--in')).rejects.toThrow(words);
  });

  it('name the flag of a file that is not there', async () => {
    await expect(readArtifact(Shape, 'missing.json', '--in')).rejects.toThrow('--in=missing.json; ENOENT');
  });
});

describe('secrets', () => {
  it('come from the environment or from the file that it names', async () => {
    const files = await workspace({ token: 'from-a-file\n' });
    expect(readSecret('A_TOKEN', { A_TOKEN: 'direct' })).toBe('direct');
    expect(readSecret('A_TOKEN', { A_TOKEN_FILE: files.path('token') })).toBe('from-a-file');
  });

  it('are hidden, and the identifier beside one is not', () => {
    readIdentifier('A_CLIENT_ID', { A_CLIENT_ID: 'checkout' });
    readSecret('A_CLIENT_SECRET', { A_CLIENT_SECRET: 'canary-9c1e' });
    expect(oneLine('checkout said canary-9c1e')).toBe('checkout said ***');
  });

  it('are named where they are missing, empty or unreadable', async () => {
    const files = await workspace({ empty: '' });
    expect(() => readSecret('A_TOKEN', {})).toThrow('set A_TOKEN or A_TOKEN_FILE');
    expect(() => readSecret('A_TOKEN', { A_TOKEN_FILE: files.path('empty') })).toThrow('Empty secret');
    expect(() => readSecret('A_TOKEN', { A_TOKEN_FILE: files.path('none') })).toThrow('ENOENT');
  });
});
