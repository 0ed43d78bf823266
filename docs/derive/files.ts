import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { dashboardFile } from '../../deploy/dashboard.ts';
import { deploymentAlertCrdFile } from '../../deploy/deployment-alert-crd.ts';
import { deploymentRecordCrdFile } from '../../deploy/deployment-record-crd.ts';
import { deploymentRecordPartCrdFile } from '../../deploy/deployment-record-part-crd.ts';
import { configurationPage } from './configuration-page.ts';
import { CONFIGURATION, CONTRACTS } from './contracts.ts';
import { hasMarkers, withFlags } from './flags.ts';
import { between, identityTables, secretTable } from './identities.ts';
import { publishedSchema } from './json-schema.ts';
import { launchFile } from './launch.ts';
import { metricTable } from './metrics.ts';
import { referenceIndex, referencePage } from './reference-page.ts';

/** Path from the root of the repository to the text that must be there. */
export type DerivedFiles = Map<string, string>;

/** @param root of the repository */
export async function derivedFiles(root: string): Promise<DerivedFiles> {
  const [minimal = '', complete = ''] = ['minimal', 'complete'].map(name =>
    readFileSync(join(root, `docs/derive/configuration.${name}.yaml`), 'utf8'),
  );
  const files: DerivedFiles = new Map([
    ['docs/reference/README.md', referenceIndex(CONTRACTS, CONFIGURATION)],
    ['docs/configuration.md', configurationPage(CONFIGURATION, minimal, complete)],
    ['docs/security.md', securityPage(root)],
    ['docs/operate.md', operatePage(root)],
    ['deploy/components/monitoring/aftersync.json', dashboardFile()],
    ['deploy/crds/deploymentalerts.yaml', deploymentAlertCrdFile()],
    ['deploy/crds/deploymentrecords.yaml', deploymentRecordCrdFile()],
    ['deploy/crds/deploymentrecordparts.yaml', deploymentRecordPartCrdFile()],
  ]);
  for (const contract of CONTRACTS) files.set(`docs/reference/${contract.slug}.md`, referencePage(contract));
  for (const contract of [...CONTRACTS, CONFIGURATION])
    files.set(`docs/reference/${contract.slug}.schema.json`, `${JSON.stringify(publishedSchema(contract), null, 2)}\n`);
  const steps = await stepPrograms(root);
  for (const { name, program } of steps) {
    const path = `steps/${name}/README.md`;
    const readme = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';
    if (hasMarkers(readme)) files.set(path, withFlags(readme, program));
  }
  files.set('.vscode/launch.json', launchFile(steps));
  return files;
}

function securityPage(root: string): string {
  const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
  return between(between(page, 'identities', identityTables(root)), 'secrets', secretTable(root));
}

const operatePage = (root: string): string =>
  between(readFileSync(join(root, 'docs/operate.md'), 'utf8'), 'metrics', metricTable(root));

const stepPrograms = (root: string) =>
  Promise.all(
    readdirSync(join(root, 'steps'))
      .sort()
      .map(async name => ({ name, program: await programOf(join(root, 'steps', name, 'cli.ts')) })),
  );

async function programOf(cli: string): Promise<Command> {
  const { createProgram }: { createProgram: () => Command } = await import(pathToFileURL(cli).href);
  return createProgram();
}
