import { execa } from 'execa';

/** The suite needs a cluster with Argo CD, Argo Workflows and Argo Events, and nothing else. */
export const hasCluster = process.env.KUBECONFIG !== undefined;

/** @returns what kubectl printed @throws with what it said */
export async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await execa('kubectl', args);
  return stdout;
}
