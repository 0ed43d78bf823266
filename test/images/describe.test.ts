import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const { version } = JSON.parse(readFileSync('node_modules/zod/package.json', 'utf8'));
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
const npm = {
  metadata: { component: { 'bom-ref': 'aftersync@0.1.0', name: 'main' } },
  components: [{ 'bom-ref': `zod@${version}` }, { 'bom-ref': 'unused@1.0.0' }],
  dependencies: [],
};

test('writes the SBOM of the bundle, and a provenance that holds the digests of both files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aftersync-'));
  const at = (name: string) => join(folder, name);
  writeFileSync(at('image.tar'), 'an archive');
  const inputs = { 'node_modules/zod/index.js': { bytesInOutput: 1 } };
  writeFileSync(at('metafile.json'), JSON.stringify({ outputs: { 'dist/aftersync.js': { inputs } } }));
  const files = ['metafile', 'sbom', 'provenance'].map(name => `--${name}=${at(`${name}.json`)}`);
  const image = [
    `--archive=${at('image.tar')}`,
    '--reference=localhost/aftersync:1',
    '--builder=https://ci.example.com',
  ];
  const base = ['--base=localhost/node:24', `--base-digest=sha256:${'d'.repeat(64)}`];
  await execa('node_modules/.bin/tsx', ['images/describe.ts', ...files, ...image, ...base], {
    input: JSON.stringify(npm),
  });
  const sbom = JSON.parse(readFileSync(at('sbom.json'), 'utf8'));
  expect(sbom.components).toEqual([{ 'bom-ref': `zod@${version}`, scope: 'required' }]);
  const { subject, predicate } = JSON.parse(readFileSync(at('provenance.json'), 'utf8'));
  expect(subject).toEqual([{ name: 'image.tar', digest: { sha256: sha256(at('image.tar')) } }]);
  expect(predicate.runDetails.byproducts).toEqual([{ name: 'sbom.json', digest: { sha256: sha256(at('sbom.json')) } }]);
  expect(predicate.buildDefinition.resolvedDependencies).toContainEqual({
    name: 'package-lock.json',
    digest: { sha256: sha256('package-lock.json') },
  });
});
