import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { workspace } from '../support/run-step.ts';

const STEP = [
  'jfrog-lookup',
  '--deployment=none.json',
  '--image-diff=none.json',
  '--regcred=none.json',
  '--out=out.json',
];

describe('the bundle of the image', () => {
  let directory: string;
  const run = (...argv: string[]) => execa('node', [join(directory, 'aftersync.js'), ...argv], { reject: false });
  const everything = async () =>
    (await Promise.all(['program.js', 'work.js'].map(name => readFile(join(directory, name), 'utf8')))).join('\n');
  const acceptance = async () => {
    const script = `
      const { load, scripts } = require('./aftersync.js');
      load('program.js');
      process.stderr.write(String([...scripts.values()].map(script => script.cachedDataRejected)));`;
    return (await execa('node', ['-e', script, '--', '--help'], { cwd: directory })).stderr;
  };
  beforeAll(async () => {
    ({ directory } = await workspace({}));
    await execa('node', ['build.js', directory]);
  }, 120_000);

  it('starts with the compiled code that Node takes', async () => {
    expect(await acceptance()).toBe('false,false');
    expect((await run('--help')).stdout).toContain('fetch-app');
    expect(await run(...STEP)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--config') });
  });

  it('loads the cluster library, the S3 library and the local run from beside it', async () => {
    for (const name of ['kubernetes', 's3', 'run']) expect(await everything()).toContain(`require("./${name}.js")`);
    expect((await run('run', '--help')).stdout).toContain('--sample');
    const where = { KUBECONFIG: join(directory, 'none'), AFTERSYNC_NAMESPACE: 'argocd' };
    const { stderr } = await execa(
      'node',
      [join(directory, 'aftersync.js'), 'records', 'list', '--ledger=kubernetes'],
      {
        env: where,
        reject: false,
      },
    );
    expect(stderr).toContain('No cluster');
  });

  it('starts as well where another Node compiled it, and where nobody did', async () => {
    const cache = join(directory, 'program.js.cache');
    await writeFile(cache, Buffer.from('of another version'));
    expect(await acceptance()).toBe('true,false');
    expect((await run('--help')).exitCode).toBe(0);
    await rm(cache);
    expect(await acceptance()).toBe(',false');
    expect((await run('--help')).exitCode).toBe(0);
  });

  it('reads nothing of the work to say what can be typed', async () => {
    await rm(join(directory, 'work.js'));
    expect((await run('submit-evidence', '--help')).stdout).toContain('--artifacts');
  });

  it('has neither fetch nor forms of axios in it', async () => {
    const metafile = await readFile('.aftersync/metafile.json', 'utf8');
    const { outputs }: { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> } =
      JSON.parse(metafile);
    const program = Object.entries(outputs).find(([path]) => path.endsWith('/work.js'));
    const paths = Object.keys(program?.[1].inputs ?? {});
    expect(
      paths.filter(path => /axios\/lib\/adapters\/fetch|mime-db|zod\/v4\/locales\/(?!en|index)/.test(path)),
    ).toEqual([]);
  });
});
