import { describe, expect, it } from 'vitest';
import { createArchive } from '../../../lib/archive/archive.ts';
import { objectsIn, toDocument } from '../../../lib/archive/document.ts';
import { deploymentOf } from '../../support/deployment.ts';
import { memoryStore } from '../../support/object-store.ts';

const ID = '3f1c9a0b7d2e4f68';
const deployment = deploymentOf(ID);
const KEY = `aftersync/records/default/argocd/guestbook/2026-11-20T10-00-00Z/${ID}.json`;
const object = {
  kind: 'DeploymentRecord',
  apiVersion: 'aftersync.dev/v1alpha1',
  status: { runs: 1, ofAnotherVersion: true },
  metadata: {
    name: ID,
    uid: 'u-1',
    labels: { a: 'b' },
    resourceVersion: '7',
    generation: 1,
    managedFields: [{ manager: 'node' }],
  },
};

describe('the document of a record', () => {
  it('is a List of the objects as the cluster held them, without what the API server writes for itself', () => {
    expect(objectsIn(toDocument([object]), 'here')).toEqual([
      { ...object, metadata: { name: ID, uid: 'u-1', labels: { a: 'b' } } },
    ]);
    expect(JSON.parse(toDocument([object]))).toMatchObject({ apiVersion: 'v1', kind: 'List' });
  });

  it('is the same bytes, however the fields were ordered and whatever the version is', () => {
    const { metadata, ...rest } = object;
    const again = { metadata: { ...metadata, resourceVersion: '8' }, ...rest };
    expect(toDocument([again])).toBe(toDocument([object]));
  });

  it.each(['not JSON', '[]', '{"kind":"Table","items":[]}'])('is not %s', text => {
    expect(() => objectsIn(text, 's3://b/k')).toThrow(/^Archived record is damaged: s3:\/\/b\/k;/);
  });
});

describe('the archive', () => {
  it('finds by id and by application what it kept', async () => {
    const { store } = memoryStore();
    const archive = createArchive(store, 'aftersync');
    expect(await archive.document(deployment)).toBeNull();
    expect(await archive.keep(deployment, toDocument([object]))).toBe(KEY);
    expect(await archive.document(deployment)).toBe(toDocument([object]));
    expect(await archive.read(ID)).toEqual(objectsIn(toDocument([object]), ''));
    const listed = [];
    for await (const record of archive.list({ instance: 'default', namespace: 'argocd', name: 'guestbook' }))
      listed.push(record);
    expect(listed).toMatchObject([{ id: ID, key: KEY, startedAt: '2026-11-20T10:00:00Z' }]);
    expect(await archive.open(listed[0] ?? expect.fail())).toEqual(await archive.read(ID));
  });

  it('says that it never had a record, which is not the same as having lost it', async () => {
    const { store, objects } = memoryStore();
    const archive = createArchive(store, 'aftersync');
    expect(await archive.read(ID)).toBeNull();
    await archive.keep(deployment, toDocument([object]));
    objects.delete(KEY);
    await expect(archive.read(ID)).rejects.toThrow(`Archived record is gone: memory://${KEY}; restore the object`);
  });

  it.each([KEY, `aftersync/ids/${ID}`])(
    'does not believe a store that holds %s otherwise than it was written',
    async key => {
      const { store, objects } = memoryStore(new Map(), written => {
        if (written === key) objects.set(key, `${objects.get(key)} `);
      });
      const archive = createArchive(store, 'aftersync');
      await expect(archive.keep(deployment, toDocument([object]))).rejects.toThrow(
        `Archive does not hold what was written: memory://${key}; the record stays in the cluster`,
      );
    },
  );
});
