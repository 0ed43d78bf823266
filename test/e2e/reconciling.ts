import { execa } from 'execa';
import { newName } from './applications.ts';
import { ARGOCD, kubectl } from './cluster.ts';
import { ended, messagesOf, podOf } from './workflows.ts';

/** What one run said of each operation that it did not leave alone for good. */
export interface Reconciled {
  log: string;
  /** Names of the Workflows that it started. */
  started: string[];
}

/** Runs reconcile as the CronWorkflow would, now. @throws where it fails */
export async function reconcileNow(): Promise<Reconciled> {
  const name = newName('reconcile-by-hand');
  await execa('argo', ['-n', ARGOCD, 'submit', '--from', 'cronwf/reconcile', '--name', name]);
  const workflow = await ended(name);
  if (workflow.status.phase !== 'Succeeded') throw new Error(`reconcile failed: ${messagesOf(workflow).join('\n')}`);
  const log = await kubectl('-n', ARGOCD, 'logs', await podOf(name, 'reconcile'), '-c', 'main');
  return { log, started: [...log.matchAll(/ started (\S+):/g)].map(([, started = '']) => started) };
}

/** @returns how many operations it started, or has left for a later run because something of them is still to come by itself */
export async function reconcile(): Promise<number> {
  const { log } = await reconcileNow();
  const busy = / (started|is there already:) |left alone \((in-progress|just-finished|after-earlier|limit)\)/;
  const patient = /left alone \(waiting\)(?!.*lacks metadata)/;
  return log.split('\n').filter(line => busy.test(line) || patient.test(line)).length;
}
