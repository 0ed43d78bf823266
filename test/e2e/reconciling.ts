import { execa } from 'execa';
import * as z from 'zod';
import { newName } from './applications.ts';
import { ARGOCD, get, kubectl, until } from './cluster.ts';
import { podOf } from './workflows.ts';

const Run = z.object({ status: z.object({ phase: z.string().default('') }).default({ phase: '' }) });

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
  const phase = await until(`${name} ends`, async () => {
    const { status } = await get(Run, '-n', ARGOCD, 'workflow', name);
    return ['Succeeded', 'Failed', 'Error'].includes(status.phase) ? status.phase : null;
  });
  const log = await kubectl('-n', ARGOCD, 'logs', await podOf(name, 'reconcile'), '-c', 'main');
  if (phase !== 'Succeeded') throw new Error(`reconcile failed: ${log}`);
  return { log, started: [...log.matchAll(/ started (\S+):/g)].map(([, started = '']) => started) };
}

/** @returns how many operations it started, or has left for a later run because something of them is still to come by itself */
export async function reconcile(): Promise<number> {
  const { log } = await reconcileNow();
  const busy = / (started|is there already:) |left alone \((in-progress|just-finished|after-earlier|limit)\)/;
  // The others wait for a person, or for a day.
  const patient = /left alone \(waiting\)(?!.*(is held back|which images))/;
  return log.split('\n').filter(line => busy.test(line) || patient.test(line)).length;
}
