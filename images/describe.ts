import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import * as z from 'zod';
import { runProgram, runWhenInvoked } from '../lib/runtime/program.ts';
import { bundledPackages, Metafile, Sbom, sbomOfBundle } from './bundle-sbom.ts';
import { readGoBuildInfo } from './go-build-info.ts';
import { withGoProgram } from './go-sbom.ts';
import { toProvenance } from './provenance.ts';

interface Options {
  archive: string;
  reference: string;
  base: string;
  baseDigest: string;
  metafile: string;
  sbom: string;
  provenance: string;
  builder: string;
  goProgram?: string;
}

const Package = z.object({ name: z.string(), version: z.string() });

export const createProgram = () =>
  new Command('describe')
    .description('Writes SBOM and provenance of an image. stdin: npm sbom --sbom-format cyclonedx')
    .requiredOption('--archive <file>', 'the image, as an archive')
    .requiredOption('--reference <reference>', 'its name')
    .requiredOption('--base <reference>', 'the image below it')
    .requiredOption('--base-digest <digest>', 'sha256:…')
    .requiredOption('--metafile <file>', 'what esbuild bundled')
    .requiredOption('--sbom <file>', 'where the CycloneDX goes')
    .requiredOption('--provenance <file>', 'where the in-toto Statement goes')
    .requiredOption('--builder <uri>', 'who builds')
    .option('--go-program <file>', 'a Go program that is in the image beside the bundle')
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run(options: Options): Promise<void> {
  const { archive, base, baseDigest, metafile, sbom, provenance, goProgram, ...named } = options;
  const folders = bundledPackages(Metafile.parse(await readJson(metafile)));
  const bundled = folders.map(async folder => {
    const { name, version } = Package.parse(await readJson(`${folder}/package.json`));
    return `${name}@${version}`;
  });
  const installed = Sbom.parse(JSON.parse(await text(process.stdin)));
  const ofBundle = sbomOfBundle(installed, new Set(await Promise.all(bundled)));
  await writeJson(sbom, goProgram ? withGoProgram(ofBundle, readGoBuildInfo(await readFile(goProgram))) : ofBundle);
  const statement = toProvenance({
    ...named,
    archive: await describeFile(archive),
    source: describeSource(),
    lockfile: await describeFile('package-lock.json'),
    base: { reference: base, digest: baseDigest },
    programs: goProgram ? [await describeFile(goProgram)] : [],
    sbom: await describeFile(sbom),
  });
  await writeJson(provenance, statement);
}

const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const writeJson = (path: string, value: unknown) => writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

const describeFile = async (path: string) => ({
  name: basename(path),
  sha256: createHash('sha256')
    .update(await readFile(path))
    .digest('hex'),
});

function describeSource() {
  const git = (...argv: string[]) =>
    execFileSync('git', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    return { commit: git('rev-parse', 'HEAD').trim(), dirty: git('status', '--porcelain') !== '' };
  } catch {
    return null; // an unpacked archive of the source
  }
}

void runWhenInvoked(import.meta.url, main);
