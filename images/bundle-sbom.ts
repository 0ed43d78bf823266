import * as z from 'zod';

/** What esbuild says that it wrote, only as much as is used (esbuild.github.io/api/#metafile). */
export const Metafile = z.object({
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) })),
});
export type Metafile = z.infer<typeof Metafile>;

/** CycloneDX as npm writes it, only as much as is used; the rest is kept. */
export const Sbom = z.looseObject({
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string(), name: z.string() }) }),
  components: z.array(z.looseObject({ 'bom-ref': z.string() })),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
export type Sbom = z.infer<typeof Sbom>;

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Folders of the packages that have code in the bundle, sorted. */
export function bundledPackages({ outputs }: Metafile): string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return [...new Set(files.flatMap(path => PACKAGE.exec(path)?.[0] ?? []))].sort();
}

/**
 * The SBOM of what was bundled, out of that of everything that is installed.
 * @param bundled `name@version` of each package in the bundle
 * @throws Error where the SBOM does not know one of them
 */
export function sbomOfBundle(sbom: Sbom, bundled: ReadonlySet<string>): Sbom {
  // What npm calls optional, a package of the development's, is as much in the bundle as the others.
  const components = sbom.components
    .filter(component => bundled.has(component['bom-ref']))
    .map(component => ({ ...component, scope: 'required' }));
  const known = new Set(components.map(component => component['bom-ref']));
  const unknown = [...bundled].filter(ref => !known.has(ref));
  if (unknown.length > 0) throw new Error(`In the bundle, but not in the SBOM of npm: ${unknown.join(', ')}`);
  const { component } = sbom.metadata;
  const dependencies = sbom.dependencies
    .filter(({ ref }) => known.has(ref) || ref === component['bom-ref'])
    .map(dependency => ({ ...dependency, dependsOn: dependency.dependsOn.filter(ref => known.has(ref)) }));
  // npm names the project after its folder.
  const metadata = { ...sbom.metadata, component: { ...component, name: 'aftersync' } };
  return { ...sbom, metadata, components, dependencies };
}
