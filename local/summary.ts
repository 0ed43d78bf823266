import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type * as z from 'zod';
import { type Artifact, ArtifactSet } from '../lib/contracts/artifact-set.ts';
import { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { EvidenceReceipts, isRecorded } from '../lib/contracts/evidence-receipts.ts';
import { ReleaseReceipt } from '../lib/contracts/release-receipt.ts';
import { ExitCode } from '../lib/runtime/failure.ts';
import { oneLine } from '../lib/runtime/outside-text.ts';
import { sentenceOf } from '../steps/alert/step.ts';
import type { NodeResult } from './dag.ts';
import type { Plan } from './plan.ts';
import type { WorkflowResult } from './workflow.ts';

const OWED_NOTHING = /^skipped/;

/** What a person reads at the end: what was recorded, what is missing, where the page is, what to do next. */
export async function summarize(result: WorkflowResult, plan: Plan, tasks: readonly string[]): Promise<string> {
  const evidence = await read(EvidenceReceipts, 'evidence', result);
  const release = await read(ReleaseReceipt, 'release', result);
  const artifacts = await read(ArtifactSet, 'artifacts', result);
  const entries = [
    ...(evidence?.receipts.map(receipt => ({ ...receipt, what: receipt.reference })) ?? []),
    ...(release === null ? [] : [{ ...release, what: `release event ${release.changeRequest ?? ''}`.trim() }]),
  ];
  const recorded = entries.filter(({ outcome }) => isRecorded(outcome));
  const owed = entries.filter(({ outcome }) => !isRecorded(outcome) && !OWED_NOTHING.test(outcome));
  const notOwed = entries.filter(({ outcome }) => OWED_NOTHING.test(outcome));
  const dryRun = evidence?.dryRun === true;
  const lines = [
    ...section(
      'Recorded',
      recorded.map(({ what, outcome, detail }) => `${what}  ${outcome}${detail === '' ? '' : `: ${detail}`}`),
    ),
    ...section(
      dryRun ? 'Not submitted (dry run)' : 'Missing',
      owed.map(({ what, outcome, detail }) => `${what}  ${outcome}: ${detail}`),
    ),
    ...section(
      'Nothing owed',
      notOwed.map(({ what, outcome, detail }) => `${what}  ${outcome}: ${detail}`),
    ),
    ...section('Not looked up', unrecorded(artifacts, evidence)),
    ...(dryRun ? [`Bodies  ${logOf(result, 'evidence')}`] : []),
    ...(await alertLine(result)),
    ...reportLine(result),
    ...next(result, plan, tasks, { dryRun, lacksMetadata: lacking(artifacts).length > 0 }),
  ];
  return `\n${lines.map(line => oneLineIndented(line)).join('\n')}\n`;
}

const section = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)];

/** Images whose lookup failed and of which the receipts know nothing. */
function unrecorded(artifacts: ArtifactSet | null, evidence: EvidenceReceipts | null): string[] {
  return evidence === null ? lacking(artifacts).map(({ image, detail }) => `${image.reference}  ${detail}`) : [];
}

const lacking = (set: ArtifactSet | null): Artifact[] =>
  set?.artifacts.filter(({ outcome }) => outcome !== 'resolved' && outcome !== 'third-party') ?? [];

/** What a step said lies beside its artifact. */
function logOf({ nodes }: WorkflowResult, output: string): string {
  const artifact = [...nodes.values()].map(({ outputs }) => outputs[output]).find(one => one !== undefined);
  return artifact !== undefined && 'path' in artifact
    ? relative(process.cwd(), join(dirname(artifact.path), 'main.log'))
    : '';
}

function reportLine({ nodes }: WorkflowResult): string[] {
  const report = nodes.get('conclude')?.outputs.report;
  return report !== undefined && 'path' in report ? [`Report  ${relative(process.cwd(), report.path)}`] : [];
}

/** The alert that the run raised or resolved, and who was told. */
async function alertLine(result: WorkflowResult): Promise<string[]> {
  const alert = await read(DeploymentAlert, 'alert', result);
  return alert === null ? [] : [`Alert   ${sentenceOf(alert)}`];
}

function next(
  { phase, nodes }: WorkflowResult,
  plan: Plan,
  tasks: readonly string[],
  { dryRun, lacksMetadata }: { dryRun: boolean; lacksMetadata: boolean },
): string[] {
  if (phase === 'Succeeded') return dryRun ? [`Next    ${plan.command} --submit`] : [];
  const first = tasks.find(task => isFailed(nodes.get(task)));
  const mend = plan.mend === '' || !lacksMetadata ? [] : [`Mend    ${plan.mend}`];
  const again = `${plan.command}${plan.command.includes(' -- ') ? '' : ' --'} --from ${first}`;
  return first === undefined ? [] : [...mend, `Next    ${again}`, '        which sends only what is missing'];
}

const isFailed = (node: NodeResult | undefined): boolean => node?.phase === 'Failed' || node?.phase === 'Error';

/** 0 all is well; 2 input or configuration; 1 something is missing; 75 only remotes that were not there. */
export function exitCodeOf({ phase, nodes }: WorkflowResult): number {
  if (phase === 'Succeeded') return ExitCode.done;
  const codes = [...nodes.values()].filter(isFailed).map(({ exitCode }) => exitCode);
  if (codes.includes(ExitCode.input)) return ExitCode.input;
  return codes.every(code => code === ExitCode.transient) ? ExitCode.transient : ExitCode.refused;
}

async function read<T extends z.ZodType>(contract: T, name: string, { nodes }: WorkflowResult) {
  for (const { outputs } of nodes.values()) {
    const artifact = outputs[name];
    if (artifact === undefined || !('path' in artifact)) continue;
    const text = await readFile(artifact.path, 'utf8').catch(() => 'null');
    return contract.safeParse(JSON.parse(text)).data ?? null;
  }
  return null;
}

const oneLineIndented = (line: string): string => `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`;
