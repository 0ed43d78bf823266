import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the fake argocd does when it is started. */
export interface FakeArgocdScript {
  /** For `app diff`: each is written to two files and given to the program in KUBECTL_EXTERNAL_DIFF, as argocd does. */
  resources?: { header: string; live: string; target: string }[];
  /** Printed as it is. */
  stdout?: string;
  stderr?: string;
  exitCode?: number;
  /** Refuses this flag as an older argocd would. */
  unknownFlag?: string;
  hangs?: boolean;
  /** Forgets to start the external differ, as argocd does without telling when it cannot. */
  withoutDiffer?: boolean;
}

export interface FakeArgocdStart {
  argv: string[];
  env: Record<string, string>;
}

const PROGRAM = `#!${process.execPath}
const { appendFileSync, mkdtempSync, readFileSync, writeFileSync } = require('node:fs');
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');
const script = JSON.parse(readFileSync(__dirname + '/script.json', 'utf8'));
const argv = process.argv.slice(2);
appendFileSync(__dirname + '/starts.jsonl', JSON.stringify({ argv, env: process.env }) + '\\n');
const unknown = script.unknownFlag && argv.find(flag => flag.split('=')[0] === script.unknownFlag);
if (unknown) {
  process.stderr.write('Error: unknown flag: ' + script.unknownFlag + '\\nUsage:\\n  argocd app diff APPNAME [flags]\\n\\n');
  process.exit(1);
}
process.stdout.write(script.stdout ?? '');
for (const { header, live, target } of script.resources ?? []) {
  process.stdout.write('\\n===== ' + header + ' ======\\n');
  const directory = mkdtempSync(join(process.env.TMPDIR, 'argocd-diff'));
  const files = [join(directory, 'object-live.yaml'), join(directory, 'object')];
  writeFileSync(files[0], live);
  writeFileSync(files[1], target);
  if (!script.withoutDiffer)
    spawnSync('/bin/sh', ['-c', process.env.KUBECTL_EXTERNAL_DIFF + ' "$@"', 'sh', ...files], { stdio: 'inherit' });
}
process.stderr.write(script.stderr ?? '');
if (script.hangs) setTimeout(() => {}, 60_000);
else process.exitCode = script.exitCode ?? 0;
`;

/** An executable in a fresh directory that stands in for the argocd binary and keeps how it was started. */
export async function fakeArgocd(script: FakeArgocdScript) {
  const directory = await mkdtemp(join(tmpdir(), 'aftersync-fake-'));
  const binary = join(directory, 'argocd');
  await writeFile(join(directory, 'script.json'), JSON.stringify(script));
  await writeFile(join(directory, 'package.json'), '{"type":"commonjs"}');
  await writeFile(binary, PROGRAM);
  await chmod(binary, 0o755);
  return {
    binary,
    directory,
    starts: async (): Promise<FakeArgocdStart[]> =>
      (await readFile(join(directory, 'starts.jsonl'), 'utf8'))
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as FakeArgocdStart),
  };
}
