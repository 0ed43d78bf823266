import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { badInput } from '../lib/runtime/failure.ts';
import type { EnvVar } from './container-manifest.ts';
import type { Template } from './manifests.ts';
import { type ClusterFiles, type Mount, toLocal } from './mounts.ts';
import type { Attempt } from './retry.ts';

/** How this machine stands in for the cluster. */
export interface Machine {
  /** Node arguments that start the program: what `/app/aftersync.js` is in the image. */
  program: readonly string[];
  files: ClusterFiles;
  /** Environment of every step on top of its template's, such as KUBECONFIG and the place of the ledger. */
  env: Record<string, string>;
  /** Further arguments of a step. */
  args: Record<string, readonly string[]>;
}

const PROGRAM = '/app/aftersync.js';
/** What a process needs of the shell that started it. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
const TERMINATION_LOG_BYTES = 4096;
const GRACE_MS = 3000;

/**
 * Runs the container of a template as a process.
 * @param scratch a directory for what the container writes beside its volumes
 * @param log the file that takes everything it says
 */
export async function runContainer(
  template: Template,
  mounts: readonly Mount[],
  machine: Machine,
  scratch: string,
  log: string,
  signal: AbortSignal,
): Promise<Attempt> {
  const container = template.container;
  const [node, program, step] = container?.command ?? [];
  if (container === undefined || node !== 'node' || program !== PROGRAM || step === undefined)
    throw badInput('Not our program', `${template.name}: command`, `the runner starts [node, ${PROGRAM}, <step>] only`);
  const terminationLog = join(scratch, 'termination-log');
  await writeFile(terminationLog, '');
  const env = { ...inherited(process.env), ...(await environment(template, mounts, machine)), ...machine.env };
  const startedAt = performance.now();
  const result = await execa(
    process.execPath,
    [...machine.program, step, ...container.args.map(arg => toLocal(arg, mounts)), ...(machine.args[step] ?? [])],
    {
      env: { ...env, AFTERSYNC_TERMINATION_LOG: terminationLog },
      extendEnv: false,
      stdin: 'ignore',
      all: true,
      stripFinalNewline: false,
      reject: false,
      cancelSignal: signal,
      forceKillAfterDelay: GRACE_MS,
      ...(template.activeDeadlineSeconds !== undefined && { timeout: template.activeDeadlineSeconds * 1000 }),
    },
  );
  await writeFile(log, result.all, { flag: 'a' });
  const said = (await readFile(terminationLog, 'utf8')).slice(0, TERMINATION_LOG_BYTES);
  return { ...outcome(result, said), durationMs: performance.now() - startedAt, finishedAt: new Date().toISOString() };
}

interface Ended {
  exitCode?: number;
  signal?: string;
  timedOut: boolean;
  isCanceled: boolean;
  failed: boolean;
  all: string;
}

/** Exit code and message as Argo Workflows reports them. */
function outcome(ended: Ended, said: string): Pick<Attempt, 'phase' | 'exitCode' | 'message'> {
  if (ended.isCanceled) return { phase: 'Error', exitCode: null, message: 'stopped' };
  if (ended.timedOut)
    return {
      phase: 'Failed',
      exitCode: null,
      message: 'Pod was active on the node longer than the specified deadline',
    };
  const exitCode = ended.exitCode ?? (ended.signal === 'SIGTERM' ? 143 : 137);
  if (exitCode === 0) return { phase: 'Succeeded', exitCode, message: '' };
  const text = said === '' ? lastWords(ended.all) : said;
  return { phase: 'Failed', exitCode, message: `main: Error (exit code ${exitCode})${text === '' ? '' : `: ${text}`}` };
}

/** Of a program that ended without a message: the error that Node.js printed, or else the last line. */
function lastWords(said: string): string {
  const lines = said.trim().split('\n');
  return lines.find(line => /^(\w*Error|node:.*Error)\b.*: /.test(line)) ?? lines.at(-1) ?? '';
}

const inherited = (from: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(INHERITED.flatMap(name => (from[name] === undefined ? [] : [[name, from[name]]])));

async function environment(
  template: Template,
  mounts: readonly Mount[],
  { files }: Machine,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of template.container?.env ?? []) {
    // A secret that the user has in the environment is used from there.
    const plain = name.replace(/_FILE$/, '');
    const own = plain === name ? undefined : process.env[plain];
    if (own !== undefined) env[plain] = own;
    const found = valueFrom === undefined ? value : await readKey(valueFrom, files);
    if (found !== undefined) env[name] = toLocal(found, mounts);
  }
  return env;
}

async function readKey(
  from: NonNullable<EnvVar['valueFrom']>,
  { directory }: ClusterFiles,
): Promise<string | undefined> {
  const [folder, key] =
    'secretKeyRef' in from
      ? (['secrets', from.secretKeyRef] as const)
      : (['configmaps', from.configMapKeyRef] as const);
  try {
    return await readFile(join(directory, folder, key.name, key.key), 'utf8');
  } catch {
    if (key.optional === true) return undefined;
    throw badInput(
      'Key is not there',
      `${folder}/${key.name}/${key.key}`,
      'give its file; npm start -- --help says how',
    );
  }
}
