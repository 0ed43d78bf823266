import { refuseWhatLeft } from '../../lib/archive/left-before.ts';
import { ArtifactSet } from '../../lib/contracts/artifact-set.ts';
import { Deployment } from '../../lib/contracts/deployment.ts';
import { EvidenceReceipts } from '../../lib/contracts/evidence-receipts.ts';
import { connectJet, identifyRun } from '../../lib/delivery/connection.ts';
import { printPosts } from '../../lib/delivery/dry-run.ts';
import { tellHead } from '../../lib/ledger/head-file.ts';
import { openLedger } from '../../lib/ledger/open.ts';
import { deliveryMetrics } from '../../lib/metrics/deliveries.ts';
import { tellMetrics } from '../../lib/metrics/values.ts';
import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { readArtifact, writeArtifact } from '../../lib/runtime/files.ts';
import { say } from '../../lib/runtime/program.ts';
import { sealRecord } from '../../lib/signing/seal-record.ts';
import { readSigningKey } from '../../lib/signing/signing-key.ts';
import { STEP } from './plan.ts';
import { type Output, rehearse, submitEvidence } from './step.ts';

export interface Flags {
  deployment: string;
  artifacts: string;
  out: string;
  ledger?: string;
  headOut?: string;
  metricsOut?: string;
  config?: string;
  dryRun?: boolean;
}

export async function run(flags: Flags): Promise<void> {
  const config = await readConfiguration(flags.config);
  const { jet: settings } = config;
  const deployment = await readArtifact(Deployment, flags.deployment, '--deployment');
  const artifacts = await readArtifact(ArtifactSet, flags.artifacts, '--artifacts');
  const input = { deployment, artifacts, settings };
  if (!flags.dryRun) await refuseWhatLeft(openLedger(flags.ledger), deployment, config, timestamp());
  const { evidence, failure } = flags.dryRun ? rehearsed(input) : await submitted(input, flags);
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

async function submitted(input: Sent, flags: Flags): Promise<Output> {
  const ledger = openLedger(flags.ledger);
  const key = readSigningKey();
  const connect = () => connectJet(input.settings);
  const at = timestamp();
  const output = await submitEvidence({ ...input, ...identifyRun(), at }, { ledger, connect });
  const record = await sealRecord(ledger, input.deployment.id, key, timestamp());
  await tellHead(record, flags.headOut);
  await tellMetrics(deliveryMetrics(record, STEP, at), flags.metricsOut);
  return output;
}

const timestamp = (): string => new Date().toISOString();
