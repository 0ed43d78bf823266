import type { Sbom } from './bundle-sbom.ts';
import type { GoBuildInfo, GoModule } from './go-build-info.ts';

/** The SBOM of an image with a Go program added to it: the program, its modules, and the standard library it holds. */
export function withGoProgram(sbom: Sbom, { goVersion, main, modules }: GoBuildInfo): Sbom {
  const libraries = [{ path: 'stdlib', version: goVersion }, ...modules].map(module => componentOf(module, 'library'));
  const program = componentOf(main, 'application');
  const refs = libraries.map(component => component['bom-ref']);
  return {
    ...sbom,
    components: [...sbom.components, program, ...libraries],
    dependencies: [
      ...sbom.dependencies.map(({ dependsOn, ...dependency }) => ({
        ...dependency,
        dependsOn: isRoot(sbom, dependency.ref) ? [...dependsOn, program['bom-ref']] : dependsOn,
      })),
      { ref: program['bom-ref'], dependsOn: refs },
      ...refs.map(ref => ({ ref, dependsOn: [] })),
    ],
  };
}

const isRoot = ({ metadata }: Sbom, ref: string): boolean => metadata.component['bom-ref'] === ref;

/** purl as github.com/package-url/purl-spec has it for Go. */
function componentOf({ path, version }: GoModule, type: 'application' | 'library') {
  const purl = `pkg:golang/${path.toLowerCase()}@${encodeURIComponent(version)}`;
  return { 'bom-ref': purl, type, name: path, version, purl, scope: 'required' };
}
