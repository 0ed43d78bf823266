import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { badInput } from '../runtime/failure.ts';
import { parseAs, parseJson } from '../runtime/parse.ts';
import { writeFile as writeWhole } from '../runtime/write-file.ts';
import { type AlertStore, readable, type StoredAlert } from './store.ts';

/**
 * Alerts as files of one machine, <name>.json. Two runs of one alert at the same time may both write its state; in the
 * cluster the API server decides.
 * @throws Failure 2 where the directory cannot be used
 */
export function openDirectoryAlerts(directory: string): AlertStore {
  const fileOf = (name: string) => join(directory, `${name}.json`);
  const read = async (name: string): Promise<StoredAlert | null> => {
    const text = await readFile(fileOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw unusable(directory, error);
    });
    return text === null ? null : stored(text, fileOf(name));
  };
  return {
    read,
    async create(alert) {
      const text = textOf(alert);
      const draft = `${fileOf(alert.name)}.${randomUUID()}.new`;
      try {
        await mkdir(directory, { recursive: true });
        await writeFile(draft, text);
        // A link is made whole or not at all, and never over another file.
        await link(draft, fileOf(alert.name));
        return { alert, version: versionOf(text) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
        throw unusable(directory, error as NodeJS.ErrnoException);
      } finally {
        await rm(draft, { force: true }).catch(() => {});
      }
    },
    async replace(version, alert) {
      const current = await read(alert.name);
      if (current?.version !== version) return null;
      const text = textOf(alert);
      await writeWhole(fileOf(alert.name), text);
      return { alert, version: versionOf(text) };
    },
    async list(unreadable) {
      const files = await readdir(directory).catch(() => []);
      const names = files.filter(file => file.endsWith('.json')).map(file => file.replace(/\.json$/, ''));
      return readable(names.sort(), read, unreadable);
    },
  };
}

const textOf = (alert: DeploymentAlert): string => `${JSON.stringify(DeploymentAlert.parse(alert), null, 2)}\n`;
const versionOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function stored(text: string, path: string): StoredAlert {
  const remedy = 'delete the file: the next run writes it anew';
  return { alert: parseAs(DeploymentAlert, parseJson(text, path, remedy), path, remedy), version: versionOf(text) };
}

const unusable = (directory: string, { code }: NodeJS.ErrnoException) =>
  badInput('Alerts cannot be kept', `${directory} ${code}`, 'name a ledger in a writable place');
