import { execFileSync, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile as write } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readInput, readInputLines, writeOutput } from '../../../lib/runtime/files.ts';
import { unwritable } from '../../../lib/runtime/write-file.ts';
import { workspace } from '../../support/run-step.ts';

const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { exitCode: number; message: string }) => error,
  );

async function allOf(lines: AsyncGenerator<string[]>): Promise<string> {
  const found: string[] = [];
  for await (const some of lines) found.push(...some);
  return found.join('\n');
}

describe('a file that is written', () => {
  it.each(['', 'a', 'é\n'.repeat(3_000_000)])('holds all of it, with its directories (%#)', async text => {
    const { path, files } = await workspace();
    await writeOutput(path('a/b/c.json'), text);
    expect(await readFile(path('a/b/c.json'), 'utf8')).toBe(text);
    expect([await files(), await readdir(path('a/b'))]).toEqual([['a'], ['c.json']]);
  });

  it('keeps the rights of the one that it replaces, also through a link', async () => {
    const { path } = await workspace({ 'real.json': 'old' });
    await chmod(path('real.json'), 0o660);
    await symlink('real.json', path('link.json'));
    await writeOutput(path('link.json'), 'new');
    expect((await lstat(path('link.json'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path('real.json'), 'utf8')).toBe('new');
    expect((await stat(path('real.json'))).mode & 0o777).toBe(0o660);
  });

  it.each<[string, (at: string) => unknown]>([
    ['a pipe', at => execFileSync('mkfifo', [at])],
    ['a socket', at => new Promise<void>(done => createServer().listen(at, done).unref())],
    ['a directory', at => mkdir(at)],
    ['a link to nothing', at => symlink('nothing', at)],
    ['a link to a pipe', at => symlink(execFileSync('mkfifo', [`${at}.p`]) && `${at}.p`, at)],
  ])('takes the place of no %s', async (_, make) => {
    const { path } = await workspace();
    await make(path('out'));
    const before = await lstat(path('out'));
    expect(await failureOf(writeOutput(path('out'), '{}'))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`--out=${path('out')}; `),
    });
    expect((await lstat(path('out'))).ino).toBe(before.ino);
  });

  it('is not there where the disk takes a part of it', async () => {
    const { path, files } = await workspace({ 'old.json': 'old' });
    const cut = (name: string) =>
      // The limit of a file is the end of the disk for this process; its signal is ignored, and the error left.
      failingShell(`trap '' XFSZ; ulimit -f 8; exec ${process.execPath} --import tsx -e '
        import("./lib/runtime/files.ts").then(({ writeOutput }) => writeOutput("${path(name)}", "x".repeat(100_000)))
          .then(() => console.log("written"), error => console.log(error.message))'`);
    for (const name of ['new.json', 'old.json']) expect(cut(name)).toMatch(/^File cannot be written: .*EFBIG/);
    expect(await files()).toEqual(['old.json']);
    expect(await readFile(path('old.json'), 'utf8')).toBe('old');
  });

  it.each([
    ['ENOSPC', 75],
    ['EDQUOT', 75],
    ['EROFS', 2],
    ['EACCES', 2],
  ])('cannot be written for %s: exit %i', (code, exitCode) => {
    expect(unwritable({ code }, 'x')).toMatchObject({ exitCode, message: expect.stringContaining(code) });
  });
});

describe('what is read', () => {
  it('may come from a pipe, late and in pieces', async () => {
    const { path } = await workspace();
    execFileSync('mkfifo', [path('in')]);
    const writer = spawn('bash', ['-c', `sleep 0.2; { printf 'é{'; sleep 0.2; printf '}\\nb'; } > '${path('in')}'`]);
    expect(await readInput(path('in'), '--in')).toBe('é{}\nb');
    writer.kill();
    spawn('bash', ['-c', `yes line | head -c 300000 > '${path('in')}'`]);
    expect(await allOf(readInputLines(path('in'), '--in'))).toBe('line\n'.repeat(60_000).trimEnd());
  });

  it('ends where nobody writes to the pipe', async () => {
    const { path } = await workspace();
    execFileSync('mkfifo', [path('in')]);
    expect(await readInput(path('in'), '--in')).toBe('');
  });

  it.each([
    ['/dev/zero', /File cannot be read: --in=\/dev\/zero; it is a device: name a readable file$/],
    ['/dev/null', /it is a device/],
    ['.', /File cannot be read: --in=\.; EISDIR: name a readable file$/],
    ['/proc/self/mem', /File cannot be read: --in=\/proc\/self\/mem; E[A-Z]+: name a readable file$/],
    ['/nowhere', /File cannot be read: --in=\/nowhere; ENOENT: name a readable file$/],
  ])('is not %s', async (path, message) => {
    for (const read of [() => readInput(path, '--in'), () => allOf(readInputLines(path, '--in'))])
      expect(await failureOf(read())).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('is bounded, whatever size the file states', async () => {
    const { path } = await workspace();
    execFileSync('truncate', ['-s', '257M', path('large')]);
    execFileSync('mkfifo', [path('pipe')]);
    expect(await failureOf(readInput(path('large'), '--in'))).toMatchObject({
      message: `File is too large: --in=${path('large')}; at most 268435456 bytes are read`,
    });
    const endless = spawn('bash', ['-c', `exec tr '\\0' x </dev/zero > '${path('pipe')}'`]);
    expect(await failureOf(allOf(readInputLines(path('pipe'), '--in')))).toMatchObject({
      message: `Line is too long: --in=${path('pipe')}; at most 4194304 letters are read`,
    });
    endless.kill();
    await write(path('small'), 'x');
    expect(await readInput(path('small'), '--in')).toBe('x');
  });
});

function failingShell(script: string): string {
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' });
}
