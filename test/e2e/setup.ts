import { hasCluster } from './cluster.ts';
import { install } from './install.ts';

/** The demo is installed once for all files. */
export default async function setup(): Promise<void> {
  if (hasCluster) await install();
}
