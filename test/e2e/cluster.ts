import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type * as z from 'zod';

/** The suite needs a cluster with Argo CD, Argo Workflows and Argo Events, and nothing else. */
export const hasCluster = process.env.KUBECONFIG !== undefined;

/** Where Argo CD and the pipeline run, and where the demo's workloads and stand-ins do. */
export const ARGOCD = 'argocd';
export const DEMO = 'aftersync-demo';

/** @returns what kubectl printed @throws with what it said */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await execa('kubectl', args);
  return stdout;
}

/** kubectl with something on its standard input: an object, or text as it is. */
export async function kubectlWith(input: unknown, ...args: string[]): Promise<string> {
  const { stdout } = await execa('kubectl', args, { input: typeof input === 'string' ? input : JSON.stringify(input) });
  return stdout;
}

/** Reads objects as the caller needs them. */
export async function get<T extends z.ZodType>(schema: T, ...args: string[]): Promise<z.output<T>> {
  return schema.parse(JSON.parse(await kubectl('get', '-o', 'json', ...args)));
}

/** Asks until there is an answer that is not null. @throws with what was waited for, and what was seen last */
export async function until<T>(what: string, ask: () => Promise<T | null>, seconds = 300): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let seen: unknown = 'nothing';
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      seen = error instanceof Error ? error.message : error;
    }
    await sleep(1000);
  }
  throw new Error(`${what}: not within ${seconds} s; last: ${String(seen)}`);
}
