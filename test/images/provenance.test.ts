import { expect, test } from 'vitest';
import { type Build, toProvenance } from '../../images/provenance.ts';

const sha256 = (digit: string) => digit.repeat(64);
const build: Build = {
  builder: 'https://ci.example.com/aftersync',
  archive: { name: 'aftersync-1.0.0.tar', sha256: sha256('a') },
  reference: 'localhost/aftersync:1.0.0',
  source: { commit: 'c'.repeat(40), dirty: true },
  lockfile: { name: 'package-lock.json', sha256: sha256('b') },
  base: { reference: 'localhost/node:24', digest: `sha256:${sha256('d')}` },
  programs: [],
  sbom: { name: 'aftersync.cdx.json', sha256: sha256('e') },
};

test('names the archive, what it was made of, and who made it', () => {
  expect(toProvenance(build)).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'aftersync-1.0.0.tar', digest: { sha256: sha256('a') } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://aftersync.dev/images/build/v1',
        externalParameters: { base: 'localhost/node:24', reference: 'localhost/aftersync:1.0.0' },
        resolvedDependencies: [
          { name: 'aftersync', digest: { gitCommit: 'c'.repeat(40) }, annotations: { dirty: true } },
          { name: 'package-lock.json', digest: { sha256: sha256('b') } },
          { name: 'localhost/node:24', digest: { sha256: sha256('d') } },
        ],
      },
      runDetails: {
        builder: { id: 'https://ci.example.com/aftersync' },
        byproducts: [{ name: 'aftersync.cdx.json', digest: { sha256: sha256('e') } }],
      },
    },
  });
});

test('names a program that was not built here', () => {
  const argocd = { name: 'argocd', sha256: sha256('f') };
  const { resolvedDependencies } = toProvenance({ ...build, programs: [argocd] }).predicate.buildDefinition;
  expect(resolvedDependencies.at(-1)).toEqual({ name: 'argocd', digest: { sha256: argocd.sha256 } });
});

test('claims no commit outside a git checkout', () => {
  const { resolvedDependencies } = toProvenance({ ...build, source: null }).predicate.buildDefinition;
  expect(resolvedDependencies.map(({ name }) => name)).toEqual(['package-lock.json', 'localhost/node:24']);
});
