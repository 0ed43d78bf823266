import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { badInput } from '../lib/runtime/failure.ts';
import type { Volume } from './container-manifest.ts';
import type { Template } from './manifests.ts';

/** A path in the container and where it lies on this machine. */
export interface Mount {
  container: string;
  local: string;
}

/** Where ConfigMaps and Secrets lie: configmaps/<name>/<key> and secrets/<name>/<key>. */
export interface ClusterFiles {
  directory: string;
}

/**
 * Gives every volume of a template a place: an emptyDir below the scratch directory, a ConfigMap or Secret as files.
 * @throws Failure 2 where a ConfigMap or Secret is not there
 */
export async function mountVolumes(template: Template, scratch: string, files: ClusterFiles): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { name, mountPath } of template.container?.volumeMounts ?? []) {
    const volume = template.volumes.find(candidate => candidate.name === name);
    if (volume === undefined) throw badInput('No such volume', `${template.name}: ${name}`, 'add it to volumes');
    mounts.push(...(await mount(volume, mountPath, scratch, files)));
  }
  // The longest path first, so that a file inside a mounted directory is found before the directory.
  return mounts.sort((a, b) => b.container.length - a.container.length);
}

async function mount(volume: Volume, mountPath: string, scratch: string, files: ClusterFiles): Promise<Mount[]> {
  if (volume.emptyDir !== undefined) {
    const local = join(scratch, volume.name);
    await mkdir(local, { recursive: true });
    return [{ container: mountPath, local }];
  }
  const source =
    volume.configMap === undefined
      ? { kind: 'Secret', directory: 'secrets', name: volume.secret?.secretName ?? '', ...volume.secret }
      : { kind: 'ConfigMap', directory: 'configmaps', ...volume.configMap };
  const directory = join(files.directory, source.directory, source.name);
  if (!existsSync(directory)) {
    if (source.optional !== true)
      throw badInput(`${source.kind} is not there`, source.name, `give its files; npm start -- --help says how`);
    // As the kubelet does it: an empty directory.
    const empty = join(scratch, volume.name);
    await mkdir(empty, { recursive: true });
    return [{ container: mountPath, local: empty }];
  }
  if (source.items === undefined) return [{ container: mountPath, local: directory }];
  return source.items.map(({ key, path }) => ({ container: join(mountPath, path), local: join(directory, key) }));
}

/** A path, or a flag that holds one, with the container's path replaced by the local one. */
export function toLocal(text: string, mounts: readonly Mount[]): string {
  const [flag = '', value = text] = /^(--[^=]+=)(.*)$/s.exec(text)?.slice(1) ?? [];
  if (!isAbsolute(value)) return text;
  const found = mounts.find(({ container }) => value === container || value.startsWith(`${container}/`));
  return found === undefined ? text : `${flag}${found.local}${value.slice(found.container.length)}`;
}
