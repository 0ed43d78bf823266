import { refuseWhatLeft } from '../../lib/archive/left-before.ts';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { connectJet, identifyRun } from '../../lib/delivery/connection.ts';
import { printPosts } from '../../lib/delivery/dry-run.ts';
import { sealAndTell, type ToldIn } from '../../lib/delivery/seal-and-tell.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { readArtifact, writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { readSigningKey } from '../../lib/signing/signing-key.ts';
import { STEP } from './plan.ts';
import { type Output, rehearse, submitEvidence } from './step.ts';

export interface Flags extends ToldIn {
  deployment: string;
  artifacts: string;
  out: string;
  ledger?: string;
  config?: string;
  dryRun?: boolean;
}

export async function run(flags: Flags): Promise<void> {
  const config = await readConfiguration(flags.config);
  const { jet: settings } = config;
  const deployment = await readArtifact(Deployment, flags.deployment, '--deployment');
  const artifacts = await readArtifact(ArtifactSet, flags.artifacts, '--artifacts');
  const input = { deployment, artifacts, settings };
  const { evidence, failure } = flags.dryRun ? rehearsed(input) : await submitted(input, config, flags);
  await writeArtifact(EvidenceReceipts, flags.out, evidence);
  for (const { outcome, reference, detail } of evidence.receipts) say(`${outcome} ${reference}: ${detail}`);
  if (deployment.disposition === 'skip') say(`nothing was deployed (${deployment.skipReason}): nothing is owed`);
  if (failure !== null) throw failure;
}

type Sent = Pick<Parameters<typeof submitEvidence>[0], 'deployment' | 'artifacts' | 'settings'>;

function rehearsed(input: Sent): Output {
  const rehearsal = rehearse(input);
  printPosts(rehearsal.planned, input.settings);
  return rehearsal;
}

async function submitted(input: Sent, config: Configuration, flags: Flags): Promise<Output> {
  const ledger = openLedger(flags.ledger);
  const at = new Date().toISOString();
  await refuseWhatLeft(ledger, input.deployment, config, at);
  const key = readSigningKey();
  const connect = () => connectJet(input.settings);
  const output = await submitEvidence({ ...input, ...identifyRun(), at }, { ledger, connect });
  await sealAndTell(ledger, { id: input.deployment.id, step: STEP, since: at, key }, flags);
  return output;
}
