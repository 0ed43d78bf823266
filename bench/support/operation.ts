import { createJet, type Jet } from '../../lib/clients/jet.ts';
import { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { sealRecord } from '../../lib/signing/seal-record.ts';
import { submitEvidence } from '../../steps/submit-evidence/step.ts';
import { anArtifact, artifactSetOf, configOf } from '../../test/support/evidence.ts';

export interface Store {
  jet: Jet;
  settings: Configuration['jet'];
}

/** The store at a URL, as submit-evidence reaches it. */
export function storeAt(url: string, concurrency: number): Store {
  const { jet: settings } = Configuration.parse(configOf({ url, concurrency, budgetSeconds: 600 }));
  const jet = createJet({
    configuration: settings,
    budget: createBudget(600),
    authorization: async () => 'Bearer token',
  });
  return { jet, settings };
}

/** Records everything of one operation, from the opening of its record to its seal. @returns milliseconds */
export async function submit(
  ledger: Ledger,
  deployment: Deployment,
  records: number,
  { jet, settings }: Store,
): Promise<number> {
  const artifacts = artifactSetOf(Array.from({ length: records }, (_, index) => anArtifact(`image-${index}`)));
  const at = new Date().toISOString();
  const started = performance.now();
  const { evidence, failure } = await submitEvidence(
    {
      ...{ deployment, artifacts: { ...artifacts, deploymentId: deployment.id }, settings },
      ...{ run: 'bench', owner: 'bench/1', at },
    },
    { ledger, connect: () => ({ jet, budget: createBudget(600) }) },
  );
  await sealRecord(ledger, deployment.id, null, at);
  const tookMs = performance.now() - started;
  const accepted = evidence.receipts.filter(({ outcome }) => outcome === 'accepted');
  if (failure !== null || accepted.length !== records) throw new Error('not every record was sent');
  return tookMs;
}
