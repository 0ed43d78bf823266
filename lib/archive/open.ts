import { createS3Store } from '../clients/object-store.ts';
import type { ArchiveSettings } from '../contracts/archive-settings.ts';
import { readIdentifier, readSecret } from '../runtime/secrets.ts';
import { type Archive, createArchive } from './archive.ts';

/** The archive that the configuration names. @throws Failure 2 where its credentials are not given */
export function openArchive(settings: ArchiveSettings, env: NodeJS.ProcessEnv = process.env): Archive {
  const keys = settings.credentials === 'aws' ? null : readKeys(env);
  return createArchive(createS3Store({ ...settings, keys }), settings.prefix);
}

const readKeys = (env: NodeJS.ProcessEnv) => ({
  accessKeyId: readIdentifier('AFTERSYNC_ARCHIVE_ACCESS_KEY_ID', env),
  secretAccessKey: readSecret('AFTERSYNC_ARCHIVE_SECRET_ACCESS_KEY', env),
});
