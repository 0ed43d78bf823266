import { Sha256 } from '../../lib/contracts/primitives.ts';
import { type Format, outputOption, printAs } from '../../lib/output/format.ts';
import { badInput, refused } from '../../lib/runtime/failure.ts';
import { readInput } from '../../lib/runtime/files.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { commandLine, runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { parsePublicKey } from '../../lib/signing/keys.ts';
import { noSuchRecord } from '../collection.ts';
import { readSource } from '../source.ts';
import { type SourceFlags, withSource } from '../source-flags.ts';
import { lineOf, remedyOf } from './remedy.ts';
import { summaryLines } from './summary.ts';
import { type Verification, verify } from './verify.ts';

interface Flags extends SourceFlags {
  all?: boolean;
  head?: string;
  publicKey?: string;
  output?: Format;
}

const HELP = `
Examples:
  kubectl -n argocd get deploymentrecords,deploymentrecordparts -o json >records.json
  aftersync verify --all --file records.json --public-key aftersync.pub
  aftersync verify 3f1c9a0b7d2e4f68 --file records.json --head HEAD

What was removed from the end of a record is seen by a signature, by --head, or by the next record of the application.

Exit codes: 0 holds, 1 does not hold (stderr names the first link that does not), 2 bad input, 75 the cluster does not answer.`;

export const createProgram = () =>
  withSource(commandLine('verify', 'Computes the hash chain of records again, and names what does not hold.', HELP))
    .argument('[record]', 'name of a record')
    .option('--all', 'every record')
    .option('--head <hash>', 'head that the record is known to have had, from the log or the outputs of its Workflow')
    .option('--public-key <file>', 'Ed25519 public key (PEM): every record must be signed by it')
    .addOption(outputOption('the records that do not hold'))
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(id: string | undefined, flags: Flags): Promise<void> {
  const expected = await expectedOf(id, flags);
  const collection = await readSource(flags, id === undefined ? {} : { id });
  const verification = verify(collection, expected);
  if (id !== undefined && verification.records.length === 0 && verification.findings.length === 0)
    throw noSuchRecord(id);
  const findings = findingsOf(verification);
  await printAs(flags.output, {
    text: () => summaryLines(verification).join('\n'),
    names: () => [...new Set(findings.map(({ record }) => `deploymentrecord.aftersync.dev/${record}`))],
    document: () => verification,
  });
  const [first] = findings;
  if (first !== undefined) throw refused('Does not hold', lineOf(first), remedyOf(first));
}

async function expectedOf(id: string | undefined, { all = false, head, publicKey }: Flags) {
  if ((id === undefined) !== all) throw badInput('Which records', 'RECORD or --all', 'name one record, or say --all');
  if (head !== undefined && all)
    throw badInput('Which record', '--head with --all', 'name the record that had this head');
  const remedy = 'it is 64 hexadecimal digits';
  return {
    id: id ?? null,
    head: head === undefined ? null : parseAs(Sha256, head, `--head=${head}`, remedy),
    key:
      publicKey === undefined
        ? null
        : parsePublicKey(await readInput(publicKey, '--public-key'), `--public-key=${publicKey}`),
  };
}

const findingsOf = ({ records, findings }: Verification) => [...findings, ...records.flatMap(one => one.findings)];

void runWhenInvoked(import.meta.url, main);
