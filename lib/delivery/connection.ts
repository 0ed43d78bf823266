import { randomUUID } from 'node:crypto';
import { createJet, type Jet } from '../clients/jet.ts';
import { createToken } from '../clients/token.ts';
import type { Configuration } from '../contracts/configuration.ts';
import type { Budget } from '../runtime/budget.ts';
import { readSecret } from '../runtime/secrets.ts';

/**
 * The store as the configuration and the environment describe it.
 * @throws Failure 2 where AFTERSYNC_JET_CLIENT_ID or AFTERSYNC_JET_CLIENT_SECRET is missing
 */
export function connectJet(configuration: Configuration['jet'], budget: Budget): Jet {
  const authorization = createToken({
    endpoint: configuration.token,
    clientId: readSecret('AFTERSYNC_JET_CLIENT_ID'),
    clientSecret: readSecret('AFTERSYNC_JET_CLIENT_SECRET'),
    timeoutSeconds: configuration.timeoutSeconds,
    budget,
  });
  return createJet({ configuration, budget, authorization });
}

/** Who is at work: AFTERSYNC_RUN names the run of several steps (the Workflow), the owner is this process alone. */
export function identifyRun(env: NodeJS.ProcessEnv = process.env): { run: string; owner: string } {
  const run = env.AFTERSYNC_RUN || randomUUID();
  return { run, owner: `${run}/${randomUUID()}` };
}
