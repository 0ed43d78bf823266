import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { readInput, writeOutput } from '../../lib/runtime/files.ts';
import { runProgram, runWhenInvoked } from '../../lib/runtime/program.ts';
import { mergeNotifications, removeNotifications, type Wiring } from './notifications.ts';

interface Options extends Wiring {
  in?: string;
  out?: string;
  remove?: boolean;
}

const EXAMPLE =
  'kubectl get configmap argocd-notifications-cm -n argocd -o yaml | npx tsx event-sources/argocd/merge.ts > merged.yaml';

export const createProgram = () =>
  new Command('merge-notifications')
    .description("Adds aftersync to Argo CD's argocd-notifications-cm, and leaves everything else there as it is.")
    .option('--in <file>', 'the ConfigMap as it is (default: stdin)')
    .option('--out <file>', 'where the merged one is written (default: stdout)')
    .option('--url <url>', 'address of the EventSource, where it is not in the same namespace as Argo CD')
    .option('--instance <name>', 'name of this Argo CD in the configuration, where it is not `default`')
    .option('--remove', 'takes aftersync out again')
    .addHelpText('after', `\nExample:\n  ${EXAMPLE}\n\nExit codes: 0 done, 2 bad input.`)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ in: path, out, remove, url, instance }: Options): Promise<void> {
  const fragment = await readFile(new URL('notifications-cm.yaml', import.meta.url), 'utf8');
  const given = path === undefined ? await text(process.stdin) : await readInput(path, '--in');
  const on = path === undefined ? 'stdin' : `--in=${path}`;
  const result = remove
    ? removeNotifications(given, on, fragment)
    : mergeNotifications(given, on, fragment, { url, instance });
  if (out === undefined) process.stdout.write(result);
  else await writeOutput(out, result);
}

void runWhenInvoked(import.meta.url, main);
