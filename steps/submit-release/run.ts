import { createKubernetes, Forbidden } from '../../lib/clients/kubernetes.ts';
import { roleBindingCommand } from '../../lib/clients/role-binding.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { connectJet, identifyRun } from '../../lib/delivery/connection.ts';
import { printPosts } from '../../lib/delivery/dry-run.ts';
import { sealAndTell, type ToldIn } from '../../lib/delivery/seal-and-tell.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { badInput } from '../../lib/runtime/failure.ts';
import { readArtifact, readInput, writeArtifact } from '../../lib/runtime/files.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { say } from '../../lib/runtime/program.ts';
import { readSigningKey } from '../../lib/signing/signing-key.ts';
import { WindowObject } from './change-window.ts';
import type { WindowsIn } from './find-window.ts';
import { STEP } from './plan.ts';
import { rehearseRelease } from './rehearse.ts';
import { type Input, type Output, submitRelease } from './step.ts';
import { parseWindows } from './window-file.ts';

export interface Flags extends ToldIn {
  deployment: string;
  evidence: string;
  out: string;
  changeWindow?: string;
  ledger?: string;
  config?: string;
  dryRun?: boolean;
}

export async function run(flags: Flags): Promise<void> {
  const config = await readConfiguration(flags.config);
  const deployment = await readArtifact(Deployment, flags.deployment, '--deployment');
  const evidence = await readArtifact(EvidenceReceipts, flags.evidence, '--evidence');
  const windowsIn = await windowsOf(flags.changeWindow, config.changeWindow);
  const input = { deployment, evidence, config };
  const output = flags.dryRun ? rehearsed(input, windowsIn) : submitted(input, windowsIn, flags);
  const { receipt, failure } = await output;
  await writeArtifact(ReleaseReceipt, flags.out, receipt);
  say(`${receipt.outcome}: ${receipt.detail}`);
  if (failure !== null) throw failure;
}

type Given = Pick<Input, 'deployment' | 'evidence' | 'config'>;

async function rehearsed(input: Given, windowsIn: WindowsIn): Promise<Output> {
  const rehearsal = await rehearseRelease(input, windowsIn);
  printPosts(rehearsal.planned, input.config.jet);
  return rehearsal;
}

async function submitted(input: Given, windowsIn: WindowsIn, flags: Flags): Promise<Output> {
  const key = readSigningKey();
  let opened: Ledger | undefined;
  const ledger = () => {
    opened ??= openLedger(flags.ledger);
    return opened;
  };
  const connect = () => connectJet(input.config.jet);
  const at = new Date().toISOString();
  const output = await submitRelease({ ...input, ...identifyRun(), at }, { ledger, connect, windowsIn });
  // Where no release event is ever owed, nothing was written.
  if (opened === undefined) return output;
  await sealAndTell(opened, { id: input.deployment.id, step: STEP, since: at, key }, flags);
  return output;
}

async function windowsOf(path: string | undefined, settings: Configuration['changeWindow']): Promise<WindowsIn> {
  const { apiVersion, kind } = settings;
  if (path !== undefined)
    return parseWindows(await readInput(path, '--change-window'), kind, `--change-window=${path}`);
  const cluster = createKubernetes();
  return async namespace => {
    const found = await cluster.list({ apiVersion, kind, namespace }).catch((error: unknown) => {
      if (!(error instanceof Forbidden)) throw error;
      // The account of all steps in one pod has a binding for workloads under its own name there.
      const binding = { namespace, clusterRole: 'aftersync-window-reader', suffix: '-windows' };
      throw badInput('Kubernetes refused', `${kind} in ${namespace} (403)`, roleBindingCommand(error, binding));
    });
    const remedy = 'correct changeWindow.kind in the configuration';
    return found?.map(object => parseAs(WindowObject, object, `${kind} in ${namespace}`, remedy)) ?? null;
  };
}
