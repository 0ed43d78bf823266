import { randomUUID } from 'node:crypto';
import { createJet, type Jet } from '../clients/jet.ts';
import { createToken } from '../clients/token.ts';
import type { Configuration } from '../contracts/configuration.ts';
import { type Budget, createBudget } from '../runtime/budget.ts';
import { readIdentifier, readSecret } from '../runtime/secrets.ts';

/** A store, and the time for all requests to it. */
export interface Connection {
  jet: Jet;
  budget: Budget;
}

/**
 * The store as the configuration and the environment describe it. Its budget begins now.
 * @throws Failure 2 where AFTERSYNC_JET_CLIENT_ID or AFTERSYNC_JET_CLIENT_SECRET is missing
 */
export function connectJet(configuration: Configuration['jet']): Connection {
  const budget = createBudget(configuration.budgetSeconds);
  const authorization = createToken({
    endpoint: configuration.token,
    clientId: readIdentifier('AFTERSYNC_JET_CLIENT_ID'),
    clientSecret: readSecret('AFTERSYNC_JET_CLIENT_SECRET'),
    timeoutSeconds: configuration.timeoutSeconds,
    budget,
  });
  return { jet: createJet({ configuration, budget, authorization }), budget };
}

/** Who is at work: AFTERSYNC_RUN names the run of several steps (the Workflow), the owner is this process alone. */
export function identifyRun(env: NodeJS.ProcessEnv = process.env): { run: string; owner: string } {
  const run = env.AFTERSYNC_RUN || randomUUID();
  return { run, owner: `${run}/${randomUUID()}` };
}
