import { ledgerOption } from '../../lib/ledger/flags.ts';
import { runProgram, runWhenInvoked, stepProgram } from '../../lib/runtime/program.ts';
import type { Flags } from './run.ts';

const EXAMPLE = `npx tsx steps/fetch-app/cli.ts --event-file=steps/fetch-app/samples/event.json \\
    --application=steps/fetch-app/samples/application.yaml --config=steps/fetch-app/samples/config.yaml --out=deployment.json`;

export const createProgram = () =>
  stepProgram(
    'fetch-app',
    'Tells what an Argo CD sync operation was: event and Application in, Deployment out.',
    EXAMPLE,
  )
    .option('--event-file <file>', 'the event, JSON or base64 of JSON')
    .option('--event <base64>', 'the event itself, for a person who has no file')
    .option('--application <file>', 'the Application, YAML or JSON, instead of the one in the cluster')
    .addOption(ledgerOption())
    .option('--dry-run', 'open no record')
    .action(async (flags: Flags) => (await import('./run.ts')).run(flags));

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
