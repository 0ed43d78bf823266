import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import { main } from '../../bin/complete.ts';
import { runStep } from '../support/run-step.ts';

const AFTERSYNC = `"${process.execPath}" --import tsx bin/aftersync.ts`;
const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';
const hasShell = (name: string) =>
  ['/bin', '/usr/bin', '/usr/local/bin'].some(folder => existsSync(`${folder}/${name}`));

/** What `aftersync complete` answers to words of which the last is not finished: suggestions, and the number after them. */
async function complete(...words: string[]) {
  const logged = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { output } = await runStep(main, words);
  const lines = [...output.split('\n').filter(Boolean), ...logged.mock.calls.map(String)];
  logged.mockRestore();
  return { suggested: lines.slice(0, -1).map(line => line.split('\t')[0] ?? ''), directive: lines.at(-1) };
}

describe('aftersync complete', () => {
  it('knows every sub-command that --help shows, and no other', async () => {
    const { stdout } = await execa(process.execPath, ['--import', 'tsx', 'bin/aftersync.ts', '--help']);
    const shown = [...stdout.matchAll(/^ {2}([a-z-]+) \[/gm)].map(([, name]) => name);
    expect((await complete('')).suggested).toEqual(shown);
    expect(shown).toContain('doctor');
    expect(shown).not.toContain('complete');
  });

  it.each<[string[], string[]]>([
    [['re'], ['reconcile', 'report', 'replay', 'render', 'records', 'restore']],
    [['records', 'sh'], ['show']],
    [['records', 'list', '--env'], ['--environment']],
    [
      ['records', 'list', '-o', ''],
      ['json', 'yaml', 'name', 'wide'],
    ],
    [['diff-images', '--strategy', 'ma'], ['manifests']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['nosuch', 're'], []],
    [['--he'], ['--help']],
  ])('%j: %j', async (words, suggested) => {
    expect(await complete(...words)).toEqual({ suggested, directive: ':4' });
  });

  it.each([
    ['files', '--config', ':0'],
    ['folders', '--ledger', ':16'],
  ])('leaves names of %s to the shell', async (_, flag, directive) => {
    expect(await complete('records', 'list', flag, '')).toEqual({ suggested: [], directive });
  });
});

describe('the script for', () => {
  it.skipIf(!existsSync(BASH_COMPLETION))('bash completes (needs bash-completion)', async () => {
    const typed = (...words: string[]) => `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})
      COMP_CWORD=${words.length - 1} COMP_LINE='${words.join(' ')}' COMP_POINT=${words.join(' ').length}
      __aftersync_complete 2>/dev/null; echo "\${COMPREPLY[@]}"; COMPREPLY=()`;
    const { stdout, stderr } = await execa('bash', ['--norc'], {
      input: `source ${BASH_COMPLETION}
        aftersync() { ${AFTERSYNC} "$@"; }
        source <(aftersync completion bash)
        source <(aftersync completion bash)
        complete -p aftersync
        ${typed('aftersync', 'rec')}
        ${typed('aftersync', 'records', 'list', '--env')}
        ${typed('aftersync', 'doctor', '-o', '')}`,
    });
    expect(stdout.split('\n')).toEqual([
      'complete -o default -F __aftersync_complete aftersync',
      'reconcile records',
      '--environment',
      'json yaml name',
    ]);
    expect(stderr).toBe('');
  });

  it.skipIf(!hasShell('fish'))('fish completes (needs fish)', async () => {
    const script = `function aftersync; ${AFTERSYNC} $argv; end
      aftersync completion fish | source
      complete -C 'aftersync rec'
      complete -C 'aftersync records list --env'
      complete -C 'aftersync doctor -o '`;
    const { stdout } = await execa('fish', ['--no-config', '-c', script]);
    const suggested = stdout.split('\n').map(line => line.split('\t')[0]);
    // It sorts them.
    expect(suggested).toEqual(['reconcile', 'records', '--environment', 'json', 'name', 'yaml']);
  });

  it.skipIf(!hasShell('zsh'))('zsh completes (needs zsh)', async () => {
    const { stdout } = await execa('zsh', ['-f'], {
      input: `zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D"
        zpty -w shell 'aftersync() { ${AFTERSYNC} "$@" }; source <(aftersync completion zsh); echo re''ady'
        zpty -r shell line '*ready*'
        zpty -w -n shell $'aftersync records list --env\\t'
        zpty -r shell line '*--environment*'
        print -r -- "$line"
        zpty -d shell`,
      timeout: 60_000,
    });
    expect(stdout).toContain('aftersync records list --environment');
  });
});
