import { expect, test } from 'vitest';
import { withGoProgram } from '../../images/go-sbom.ts';

test('adds the program, its modules and the standard library to what is there', () => {
  const sbom = {
    metadata: { component: { 'bom-ref': 'aftersync@0.1.0', name: 'aftersync' } },
    components: [{ 'bom-ref': 'zod@4.0.0' }],
    dependencies: [
      { ref: 'aftersync@0.1.0', dependsOn: ['zod@4.0.0'] },
      { ref: 'zod@4.0.0', dependsOn: [] },
    ],
  };
  const component = (type: string, path: string, version: string, purl: string) => ({
    ...{ 'bom-ref': purl, type, name: path, version, purl, scope: 'required' },
  });
  const argocd = 'pkg:golang/github.com/argoproj/argo-cd/v3@v3.5.1';
  const [stdlib, azure] = ['pkg:golang/stdlib@1.26.3', 'pkg:golang/github.com/azure/a@v1.0.0%2Bincompatible'];
  const program = {
    goVersion: '1.26.3',
    main: { path: 'github.com/argoproj/argo-cd/v3', version: 'v3.5.1' },
    modules: [{ path: 'github.com/Azure/a', version: 'v1.0.0+incompatible' }],
  };
  expect(withGoProgram(sbom, program)).toEqual({
    ...sbom,
    components: [
      { 'bom-ref': 'zod@4.0.0' },
      component('application', 'github.com/argoproj/argo-cd/v3', 'v3.5.1', argocd),
      component('library', 'stdlib', '1.26.3', stdlib),
      component('library', 'github.com/Azure/a', 'v1.0.0+incompatible', azure),
    ],
    dependencies: [
      { ref: 'aftersync@0.1.0', dependsOn: ['zod@4.0.0', argocd] },
      { ref: 'zod@4.0.0', dependsOn: [] },
      { ref: argocd, dependsOn: [stdlib, azure] },
      { ref: stdlib, dependsOn: [] },
      { ref: azure, dependsOn: [] },
    ],
  });
});
