import type { ObjectStore } from '../../lib/clients/object-store.ts';

/** A bucket in memory. What happens at a write can be decided by the test: that is where a run is killed. */
export function memoryStore(objects = new Map<string, string>(), onWrite: (key: string) => void = () => {}) {
  const store: ObjectStore = {
    nameOf: key => `memory://${key}`,
    read: async key => objects.get(key) ?? null,
    async write(key, text) {
      objects.set(key, text);
      onWrite(key);
    },
    async *list(prefix) {
      for (const key of [...objects.keys()].sort())
        if (key.startsWith(prefix)) yield { key, bytes: Buffer.byteLength(objects.get(key) ?? '') };
    },
  };
  return { store, objects };
}
