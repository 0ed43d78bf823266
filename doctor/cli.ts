import { Option } from 'commander';
import * as z from 'zod';
import type { Configuration } from '../lib/contracts/configuration.ts';
import { NamespaceName } from '../lib/contracts/primitives.ts';
import { type Format, outputOption, printAs } from '../lib/output/format.ts';
import { badInput, Failure, refused } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { parseAs } from '../lib/runtime/parse.ts';
import { commandLine, runProgram, runWhenInvoked } from '../lib/runtime/program.ts';
import { judgeConfiguration } from './checks/configuration.ts';
import { askRemotes } from './checks/remotes.ts';
import { type Cluster, connectCluster } from './cluster.ts';
import { findCredentials } from './credentials.ts';
import { examine } from './examine.ts';
import { cannotTell, type Finding, type Judgement, wrong } from './finding.ts';
import { toDocument, toText } from './report.ts';

interface Flags {
  config?: string;
  namespace: string;
  regcred?: string;
  local?: boolean;
  output?: Format;
}

const HELP = `
Examples:
  aftersync doctor
  aftersync doctor --config config.yaml --local
  aftersync doctor -o json >doctor.json

It changes nothing, in the cluster or elsewhere. Remote systems are asked from this machine: a token, a search, a HEAD.

Exit codes: 0 fine, 1 something is wrong, 2 bad input, 75 the cluster does not answer.`;
const CONFIG = 'aftersync-config';
const ConfigMap = z.object({ data: z.object({ 'config.yaml': z.string() }) });

export const createProgram = () =>
  commandLine(
    'doctor',
    'Whether everything is in place: configuration, credentials, rights, versions, and what is left over.',
    HELP,
  )
    .addOption(
      new Option('--config <file>', `configuration document; without it the ConfigMap ${CONFIG}`).env(
        'AFTERSYNC_CONFIG',
      ),
    )
    .addOption(
      new Option('-n, --namespace <name>', 'namespace of the pipeline').env('AFTERSYNC_NAMESPACE').default('argocd'),
    )
    .option('--regcred <file>', '.dockerconfigjson of Artifactory; without it the Secret regcred')
    .option('--local', 'ask no cluster: configuration, credentials and remote systems alone')
    .addOption(outputOption('the checks that found a problem'))
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ config, namespace: named, regcred, local = false, output }: Flags): Promise<void> {
  const namespace = parseAs(NamespaceName, named, '--namespace', 'name a Kubernetes namespace');
  if (local && config === undefined)
    throw badInput('No configuration', '--config', 'name the YAML file: --local asks no cluster for it');
  const cluster = local ? null : connectCluster();
  const findings: Finding[] = [];
  let silent: Failure | null = null;
  try {
    const { judgements, configuration } = await readConfiguration(config, cluster, namespace);
    add(findings, 'configuration', judgements);
    const secrets = cluster && { cluster, namespace };
    const found = await findCredentials({ env: process.env, regcred, secrets });
    add(findings, 'credentials', found.judgements);
    const [remotes, inCluster] = await Promise.all([
      configuration === null ? [] : askRemotes(configuration, found.credentials),
      cluster === null ? [] : examine({ cluster, namespace, configuration, now: new Date().toISOString() }),
    ]);
    add(findings, 'remotes', remotes);
    findings.push(...inCluster);
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== 75) throw error;
    silent = error;
  }
  const problems = findings.filter(({ state }) => state === 'problem');
  await printAs(output, {
    text: () => toText(findings),
    names: () => [...new Set(problems.map(({ check }) => check))],
    document: () => toDocument(findings),
  });
  if (silent !== null) throw silent;
  if (findings.every(({ state }) => state === 'warning'))
    throw badInput(
      'Nothing could be looked at',
      `namespace ${namespace}`,
      'run it with the role admin there, or from the pod of docs/operate.md, "Is it well?"',
    );
  if (problems.length > 0)
    throw refused(
      'Not well',
      `${problems.length} of ${findings.length} findings are problems`,
      'mend them from the top',
    );
}

const add = (findings: Finding[], check: string, judgements: readonly Judgement[]) =>
  findings.push(...judgements.map(judgement => ({ check, ...judgement })));

async function readConfiguration(
  path: string | undefined,
  cluster: Cluster | null,
  namespace: string,
): Promise<{ judgements: Judgement[]; configuration: Configuration | null }> {
  if (path !== undefined) return judgeConfiguration(await readInput(path, '--config'), `--config=${path}`);
  const on = `ConfigMap ${namespace}/${CONFIG}`;
  const seen = (await cluster?.configMap(namespace, CONFIG)) ?? { state: 'absent' };
  if (seen.state === 'hidden')
    return { judgements: [cannotTell(`${on} may not be read`, 'name the file with --config')], configuration: null };
  const text = seen.state === 'found' ? ConfigMap.safeParse(seen.object).data?.data['config.yaml'] : undefined;
  if (text === undefined)
    return { judgements: [wrong(`${on} has no config.yaml`, 'apply the overlay')], configuration: null };
  return judgeConfiguration(text, on);
}

void runWhenInvoked(import.meta.url, main);
