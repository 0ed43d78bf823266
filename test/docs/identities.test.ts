import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { between, identityTables, secretTable } from '../../docs/derive/identities.ts';
import { kustomize, renderWith } from '../deploy/render.ts';

/** Rows of the first table: identity and what brings it, to its rights. */
const rowsOf = (page: string) =>
  Object.fromEntries(
    [...page.matchAll(/^\| \[`(aftersync-[a-z-]+)`\]\S+ +\| (.*?) +\| (.*?) +\|$/gm)].map(([, name, may, by]) => [
      `${name}, ${by}`,
      may,
    ]),
  );

describe('identities of docs/security.md', () => {
  it('are those of the manifests', () => {
    const rows = rowsOf(identityTables('.'));
    expect(rows['aftersync-jfrog-lookup, every overlay']).toBe('nothing');
    expect(rows['aftersync-fetch-app, every overlay']).toBe(
      'get `applications`; list `events`; get, list, create `deploymentrecords`, `deploymentrecordparts`; update `deploymentrecords/status`, `deploymentrecordparts/status`',
    );
    expect(rows['aftersync-archive, component `archive`']).toContain('delete `deploymentrecords`');
    expect(rows['aftersync-argocd-diff, component `argocd-diff/core`']).toContain('`secrets`');
  });

  it('show a right that somebody adds', () => {
    const root = mkdtempSync(join(tmpdir(), 'aftersync-identities-'));
    cpSync('deploy', join(root, 'deploy'), { recursive: true });
    const path = join(root, 'deploy/base/identities/fetch-app.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('verbs: [get]', 'verbs: [get, patch]'));
    expect(rowsOf(identityTables(root))['aftersync-fetch-app, every overlay']).toContain('get, patch `applications`;');
  });

  it.skipIf(kustomize === undefined)(
    'are all that an overlay with every component has (needs AFTERSYNC_KUSTOMIZE, the program)',
    () => {
      const objects = renderWith('staging', 'archive', 'argocd-diff', 'compact');
      const accounts = objects.flatMap(({ kind, metadata }) => (kind === 'ServiceAccount' ? [metadata.name] : []));
      const named = Object.keys(rowsOf(identityTables('.'))).map(key => key.replace(/,.*/, ''));
      expect([...new Set(named)].sort()).toEqual(expect.arrayContaining(accounts.sort()));
    },
  );
});

describe('Secrets of docs/security.md', () => {
  it('are those that the templates mount', () => {
    expect(secretTable('.')).toMatch(/`regcred` +\| `doctor`, `pipeline`, `jfrog-lookup`/);
  });
});

describe('a page with markers', () => {
  it('gets a text between them, and refuses to lose one', () => {
    expect(between('a <!-- x -->old<!-- /x --> b', 'x', 'new')).toBe('a <!-- x -->\nnew\n<!-- /x --> b');
    expect(() => between('a', 'x', 'new')).toThrow('no <!-- x -->');
  });
});
