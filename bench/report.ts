import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aDeployment, anArtifact, artifactSetOf } from '../test/support/evidence.ts';
import type { Figure } from './figure.ts';
import { inTurn, median } from './statistics.ts';
import { program } from './support/bundle.ts';
import { run } from './support/run.ts';
import { scratch } from './support/scratch.ts';
import { mebibytes, milliseconds } from './table.ts';

const TARGET_MS = 1000;

export const report: Figure = {
  description: 'the report of 1 000 artifacts, a process from its start to its end',
  rounds: 5,
  async measure(rounds) {
    const deployment = aDeployment();
    const artifacts = Array.from({ length: 1000 }, (_, index) => anArtifact(`image-${index}`));
    const images = artifacts.map(({ image }) => image);
    const files = {
      deployment,
      artifacts: { ...artifactSetOf(artifacts), deploymentId: deployment.id },
      'image-diff': {
        ...{
          schemaVersion: 'aftersync.image-diff/v1',
          deploymentId: deployment.id,
          previous: 'ledger',
          all: false,
          images,
        },
        ...{ strategy: { name: 'sync-result', why: 'measured' }, notLookedAt: [] },
        settle: { outcome: 'not-needed', detail: 'measured' },
      },
    };
    const flags = Object.entries(files).map(([name, content]) => {
      const file = join(scratch(), `report-${name}.json`);
      writeFileSync(file, JSON.stringify(content));
      return `--${name}=${file}`;
    });
    const argv = program('report', ...flags, `--out=${join(scratch(), 'report.html')}`);
    const { ours } = await inTurn(rounds, { ours: () => run(argv) });
    const ms = median(ours.map(one => one.ms));
    return [
      {
        what: 'report, 1 000 artifacts',
        ours: `${milliseconds(ms)}, ${mebibytes(median(ours.map(one => one.mib)))}`,
        ...{ reference: '', ratio: null, target: `<= ${milliseconds(TARGET_MS)}`, holds: ms <= TARGET_MS },
      },
    ];
  },
};
