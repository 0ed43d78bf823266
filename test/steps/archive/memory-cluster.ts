import type { ClusterRecords } from '../../../steps/archive/cluster-records.ts';
import { toRows } from '../../../steps/archive/rows.ts';
import { type StoredObject, toTableRow } from '../../support/old-records.ts';

/** The records of a namespace in memory, as the API server answers for them. */
export function memoryCluster(objects: readonly StoredObject[], onRemove: (id: string) => void = () => {}) {
  const held = new Map(objects.map(object => [object.metadata.name, object]));
  const cluster: ClusterRecords = {
    rows: async () => toRows([...held.values()], [...held.values()].map(toTableRow)),
    async read(id) {
      const object = held.get(id);
      if (object === undefined) return null;
      const { name, uid, resourceVersion } = object.metadata;
      return { version: { name, uid, resourceVersion }, objects: [object] };
    },
    async remove({ name, uid, resourceVersion }) {
      onRemove(name);
      const { metadata } = held.get(name) ?? {};
      if (metadata?.uid !== uid || metadata.resourceVersion !== resourceVersion) return false;
      return held.delete(name);
    },
  };
  return { cluster, held };
}
