import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { manifestsOf } from '../manifests/manifest.ts';

const aftersync = (...argv: string[]) =>
  execa(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', ...argv], { all: true, reject: false });

describe('aftersync', () => {
  it('holds the program of every template', async () => {
    const { all, exitCode } = await aftersync('--help');
    expect(exitCode).toBe(0);
    const names = manifestsOf('workflow-templates').map(({ document }) => document.metadata.name);
    for (const name of names.filter(one => !one.startsWith('post-deployment')))
      expect(all).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it('hands everything behind its name to a step, and its exit code back', async () => {
    const help = await aftersync('jfrog-lookup', '--help');
    expect(help).toMatchObject({ exitCode: 0, all: expect.stringContaining('Usage: jfrog-lookup') });
    const refused = await aftersync('jfrog-lookup', '--out=x', '--no-such-flag=1');
    expect(refused).toMatchObject({ exitCode: 2, all: expect.stringMatching(/^jfrog-lookup: /) });
  });

  it.each([[['nosuch']], [['--nosuch']]])('refuses %j with exit 2 and one line', async argv => {
    const { all, exitCode } = await aftersync(...argv);
    expect(exitCode).toBe(2);
    expect(all).toMatch(/^aftersync: unknown .*nosuch.*; see aftersync --help$/);
  });
});
