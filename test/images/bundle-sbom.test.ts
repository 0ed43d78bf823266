import { expect, test } from 'vitest';
import { bundledPackages, type Sbom, sbomOfBundle } from '../../images/bundle-sbom.ts';

const outputs = (inputs: Record<string, number>) => ({
  'dist/aftersync.js': {
    inputs: Object.fromEntries(Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])),
  },
});

test.each([
  ['our own code is no package', { 'lib/runtime/files.ts': 10 }, []],
  ['two files of one package', { 'node_modules/zod/a.js': 1, 'node_modules/zod/v4/b.js': 1 }, ['node_modules/zod']],
  ['a scope', { 'node_modules/@kubernetes/client-node/dist/a.js': 1 }, ['node_modules/@kubernetes/client-node']],
  ['nested', { 'node_modules/a/node_modules/@b/c/d.js': 1 }, ['node_modules/a/node_modules/@b/c']],
  ['all of it shaken out', { 'node_modules/zod/a.js': 0 }, []],
])('packages in the bundle: %s', (_, inputs, expected) => {
  expect(bundledPackages({ outputs: outputs(inputs) })).toEqual(expected);
});

const sbom: Sbom = {
  bomFormat: 'CycloneDX',
  metadata: { timestamp: 'T', component: { 'bom-ref': 'aftersync@0.1.0', name: 'main' } },
  components: [
    { 'bom-ref': 'zod@4.0.0', scope: 'optional', licenses: ['MIT'] },
    { 'bom-ref': 'types@1.0.0' },
    { 'bom-ref': 'yaml@2.0.0' },
  ],
  dependencies: [
    { ref: 'aftersync@0.1.0', dependsOn: ['zod@4.0.0', 'types@1.0.0'] },
    { ref: 'types@1.0.0', dependsOn: [] },
    { ref: 'zod@4.0.0', dependsOn: ['types@1.0.0'] },
  ],
};

test('keeps exactly the packages in the bundle, under the name of the project', () => {
  expect(sbomOfBundle(sbom, new Set(['zod@4.0.0']))).toEqual({
    bomFormat: 'CycloneDX',
    metadata: { timestamp: 'T', component: { 'bom-ref': 'aftersync@0.1.0', name: 'aftersync' } },
    components: [{ 'bom-ref': 'zod@4.0.0', scope: 'required', licenses: ['MIT'] }],
    dependencies: [
      { ref: 'aftersync@0.1.0', dependsOn: ['zod@4.0.0'] },
      { ref: 'zod@4.0.0', dependsOn: [] },
    ],
  });
});

test('is not written with a package left out', () => {
  expect(() => sbomOfBundle(sbom, new Set(['msw@2.0.0']))).toThrow(
    'In the bundle, but not in the SBOM of npm: msw@2.0.0',
  );
});
