import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { bundledPackages, Metafile } from '../images/bundle-sbom.ts';
import { badInput, refused } from '../lib/runtime/failure.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../lib/runtime/program.ts';
import { type BundledPackage, licenceFile, questionable } from './licences.ts';

const FILE = 'THIRD-PARTY-LICENSES';
const HELP = `
Examples:
  npm run licences
  npm run check:licences

Exit codes: 0 done, 1 the file differs, or a licence is not among those accepted, 2 nothing was built.`;
const Author = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const Package = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: Author.optional(),
});

export const createProgram = () =>
  commandLine('licences', `The licences of what is in the bundle, as ${FILE}. npm run build comes before it.`, HELP)
    .option('--check', 'write nothing; say whether the file is as it would be written')
    .option('--metafile <file>', 'what esbuild bundled', '.aftersync/metafile.json')
    .option('--out <file>', 'where it is written', FILE)
    .action(run);

export const main = (argv: readonly string[]) => runProgram(createProgram(), argv);

async function run({ check = false, metafile, out }: { check?: boolean; metafile: string; out: string }) {
  const built = await readFile(metafile, 'utf8').catch(() => null);
  if (built === null) throw badInput('Nothing was built', `--metafile=${metafile}`, 'npm run build');
  const folders = bundledPackages(Metafile.parse(JSON.parse(built)));
  const packages = (await Promise.all(folders.map(readPackage))).sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
  const unknown = questionable(packages);
  if (unknown.length > 0)
    throw refused(
      'Licence to be looked at',
      unknown.join(', '),
      'accept it in supply-chain/licences.ts, or do without',
    );
  const text = licenceFile(packages);
  if (!check) await writeFile(out, text);
  else if ((await readFile(out, 'utf8').catch(() => null)) !== text)
    throw refused('Not the licences of what is bundled', out, 'npm run build && npm run licences');
  say(`licences: ${packages.length} packages, ${out}`);
}

const titleOf = ({ name, version }: BundledPackage): string => `${name}@${version}`;

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license, author } = Package.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  );
  const files = (await readdir(folder)).sort();
  const read = async (pattern: RegExp) => {
    const file = files.find(one => pattern.test(one));
    return file === undefined ? null : await readFile(join(folder, file), 'utf8');
  };
  return {
    name,
    version,
    licence: license ?? null,
    author: author ?? null,
    text: await read(/^(un)?licen[cs]e(\.(md|txt))?$/i),
    notice: await read(/^notice/i),
  };
}

await runWhenInvoked(import.meta.url, main);
