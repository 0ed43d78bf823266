import { readConfiguration } from '../../lib/runtime/configuration.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import type { SourceFlags } from '../../records/source-flags.ts';

/** Where that of which the page speaks can be opened. */
export interface Places {
  /** What holds the record; null where nobody said. */
  records: RecordsPlace | null;
  /** Page of a change request, `{number}` in place of its number; null where none is configured. */
  changeRequestUrl: string | null;
}

/** A namespace of the cluster, a directory, or exports of either. */
export type RecordsPlace =
  | { kind: 'namespace'; name: string }
  | { kind: 'directory'; path: string }
  | { kind: 'files'; paths: readonly string[] };

export const NO_PLACES: Places = { records: null, changeRequestUrl: null };

/** The places that flags, environment and configuration name. One that cannot be read is one link less, not a page less. */
export async function readPlaces(
  { file = [], ledger, config }: Partial<SourceFlags>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Places> {
  return { records: recordsPlaceOf(file, ledger, env), changeRequestUrl: await changeRequestUrlIn(config) };
}

function recordsPlaceOf(files: readonly string[], ledger: string | undefined, env: NodeJS.ProcessEnv) {
  if (files.length > 0) return { kind: 'files', paths: files } as const;
  if (ledger === undefined || ledger === '') return null;
  if (ledger !== 'kubernetes') return { kind: 'directory', path: ledger } as const;
  const name = env.AFTERSYNC_NAMESPACE || env.AFTERSYNC_WORKFLOW_NAMESPACE;
  return name ? ({ kind: 'namespace', name } as const) : null;
}

async function changeRequestUrlIn(config: string | undefined): Promise<string | null> {
  if (config === undefined) return null;
  try {
    return (await readConfiguration(config)).changeWindow.changeRequestUrl ?? null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}
