import type { DeploymentRecord } from '../../lib/contracts/deployment-record.ts';
import { wholeOf } from '../../lib/ledger/stored-record.ts';
import { type Format, outputOption, printAs } from '../../lib/output/format.ts';
import { styled } from '../../lib/output/print.ts';
import { textTable } from '../../lib/output/text-table.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { commandLine, runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { recordOf } from '../collection.ts';
import { readSource } from '../source.ts';
import { type SourceFlags, withSource } from '../source-flags.ts';
import { type Explanation, explain } from './explain.ts';

interface Flags extends SourceFlags {
  output?: Format;
}

const HELP = `
Example:
  aftersync explain 3f1c9a0b7d2e4f68 --file records.json

Exit codes: 0 done, 2 bad input or no such record, 75 the cluster does not answer.`;

export const createProgram = () =>
  withSource(
    commandLine(
      'explain',
      'Why each image of a sync was recorded or was not, and from where each field that was sent came.',
      HELP,
    ),
  )
    .argument('<record>', 'name of the record')
    .addOption(outputOption('the images and the release event'))
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(id: string, { output, ...flags }: Flags): Promise<void> {
  const kept = recordOf(await readSource(flags, { id }), id);
  const record = wholeOf(kept);
  const explanations = explain(record);
  await printAs(output, {
    text: () =>
      [...(explanations.length === 0 ? [whyNothing(record)] : explanations.map(paragraph)), ...limits(record)].join(
        '\n\n',
      ),
    names: () => explanations.map(({ of }) => of),
    document: () => explanations,
  });
}

function whyNothing({ artifacts, deployment }: DeploymentRecord): string {
  if (artifacts === 'unknown')
    return 'Nothing tells any more which images this sync deployed, so nothing could be recorded.';
  if (deployment.skipReason === 'dry-run')
    return 'This sync was a dry run of Argo CD: nothing was deployed, nothing is owed.';
  if (deployment.skipReason === 'prune-only') return 'This sync only removed resources: nothing is owed.';
  return 'This sync left no images: nothing is owed.';
}

/** What was not seen may have been there. */
const limits = ({ notLookedAt = [] }: DeploymentRecord): string[] =>
  notLookedAt.map(({ where, why, remedy }) =>
    oneLine(`not looked at  ${where}: ${why}${remedy === undefined ? '' : `; ${remedy}`}`),
  );

function paragraph({ of, recorded, why, digest, fields }: Explanation): string {
  const mark = recorded ? styled('green', 'recorded') : styled('yellow', 'not recorded');
  const rows = fields.map(({ field, value, from }) => [field, value, from]);
  return [
    `${mark}  ${oneLine(of)}`,
    `  ${oneLine(why)}`,
    ...(digest === null ? [] : [`  digest ${oneLine(digest)}`]),
    ...(rows.length === 0 ? [] : [textTable(['FIELD', 'VALUE', 'FROM'], rows).replace(/^/gm, '  ')]),
  ].join('\n');
}

void runWhenInvoked(import.meta.url, main);
