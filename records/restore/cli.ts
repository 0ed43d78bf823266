import { createDeploymentRecordParts } from '../../lib/clients/deployment-record-parts.ts';
import { createDeploymentRecords } from '../../lib/clients/deployment-records.ts';
import { namespaceOf } from '../../lib/ledger/open.ts';
import { print } from '../../lib/output/print.ts';
import { badInput, refused } from '../../lib/runtime/failure.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../../lib/runtime/program.ts';
import { readSource } from '../source.ts';
import { repeated } from '../source-flags.ts';
import { lineOf, remedyOf } from '../verify/remedy.ts';
import { verify } from '../verify/verify.ts';
import { type Outcome, restore } from './restore.ts';

interface Flags {
  file: string[];
}

const HELP = `
Examples:
  kubectl -n argocd get deploymentrecords,deploymentrecordparts -o json >records.json
  AFTERSYNC_NAMESPACE=argocd aftersync restore --file records.json

What is there already is never changed; only records that hold (aftersync verify) are restored.

Exit codes: 0 everything is there as it was, 1 something does not hold or differs, 2 bad input, 75 the cluster does not answer.`;

export const createProgram = () =>
  commandLine('restore', 'Writes exported records into the cluster of KUBECONFIG, with their status.', HELP)
    .argument('[record]', 'name of a record; without it every one')
    .requiredOption('--file <file>', 'export of kubectl or of this command; may be given several times', repeated, [])
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(id: string | undefined, { file }: Flags): Promise<void> {
  if (file.length === 0) throw badInput('No records', '--file', 'name an export');
  const collection = await readSource({ file });
  const { records, findings } = verify(collection, { id: id ?? null, head: null, key: null });
  const broken = [...findings, ...records.flatMap(one => one.findings)];
  const sound = new Set(records.flatMap(one => (one.holds ? [one.id] : [])));
  if (records.length === 0 && broken.length === 0)
    throw badInput('No such record', String(id), 'name one of the export');
  const namespace = namespaceOf(process.env);
  const clients = { records: createDeploymentRecords(namespace), parts: createDeploymentRecordParts(namespace) };
  const counts: Record<Outcome, number> = { restored: 0, present: 0, differs: 0 };
  // The oldest first: the next one of its application knows it as the one before.
  for (const kept of collection.records.filter(({ record }) => sound.has(record.id)).reverse()) {
    const outcome = await restore(kept, clients);
    counts[outcome] += 1;
    if (outcome === 'differs') say(`restore: ${kept.record.id} is there and differs; it was left as it is`);
  }
  print(`${counts.restored} restored, ${counts.present} there already, ${counts.differs} differ`);
  const [first] = broken;
  if (first !== undefined) throw refused('Does not hold, and was not restored', lineOf(first), remedyOf(first));
  if (counts.differs > 0)
    throw refused(
      'Not as exported',
      `${counts.differs} records`,
      'compare: aftersync records show RECORD, of the file and of the ledger',
    );
}

void runWhenInvoked(import.meta.url, main);
