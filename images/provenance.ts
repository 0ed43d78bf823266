const BUILD_TYPE = 'https://aftersync.dev/images/build/v1';

/** A file of the build; sha256 in hex. */
export interface BuiltFile {
  name: string;
  sha256: string;
}

export interface Build {
  /** URI of who built: whoever verifies decides by it. */
  builder: string;
  /** The archive that a cluster loads. */
  archive: BuiltFile;
  /** Reference of the image in the archive. */
  reference: string;
  /** null outside a git checkout; dirty where the work tree held more than the commit. */
  source: { commit: string; dirty: boolean } | null;
  lockfile: BuiltFile;
  /** As the builder's store knows it; digest as `sha256:…`. */
  base: { reference: string; digest: string };
  /** Programs that were not built here, and are in the image as they are. */
  programs: BuiltFile[];
  sbom: BuiltFile;
}

const digestOf = ({ name, sha256 }: BuiltFile) => ({ name, digest: { sha256 } });

/** What the image was made of: in-toto Statement v1 with SLSA provenance v1 (slsa.dev/spec/v1.0/provenance). Not signed. */
export function toProvenance({ builder, archive, reference, source, lockfile, base, programs, sbom }: Build) {
  const commit = source && {
    name: 'aftersync',
    digest: { gitCommit: source.commit },
    annotations: { dirty: source.dirty },
  };
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [digestOf(archive)],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { base: base.reference, reference },
        resolvedDependencies: [
          ...(commit === null ? [] : [commit]),
          digestOf(lockfile),
          { name: base.reference, digest: { sha256: base.digest.replace(/^sha256:/, '') } },
          ...programs.map(digestOf),
        ],
      },
      runDetails: { builder: { id: builder }, byproducts: [digestOf(sbom)] },
    },
  };
}
