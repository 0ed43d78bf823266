import { join } from 'node:path';

/** Where a run finds and leaves its files. */
export interface Places {
  eventFile: string;
  regcred: string | undefined;
  config: string | undefined;
  directory: string;
}

/** A step with the flags of its own template. */
export interface Stage {
  step: string;
  /** The stage before it; alsoAfterFailure: what it wrote is used although it failed. */
  after: { step: string; alsoAfterFailure: boolean } | null;
  flags: (places: Places) => { out: string } & Record<string, string>;
}

const file = (name: string) => (places: Places) => join(places.directory, `${name}.json`);
const deployment = file('deployment');
const imageDiff = file('image-diff');
const artifacts = file('artifacts');
const evidence = file('evidence');
const release = file('release');

/** Of the record, after the last step that wrote it. */
const head = (places: Places) => join(places.directory, 'head');

/** A directory for each step that has metrics. */
const metrics = (step: string, places: Places) => join(places.directory, 'metrics', step);

const succeeded = (step: string) => ({ step, alsoAfterFailure: false });

/** The tasks of workflow-templates/post-deployment.yaml in their order: a test holds the two against each other. */
export const STAGES: readonly Stage[] = [
  {
    step: 'fetch-app',
    after: null,
    flags: places => ({ 'event-file': places.eventFile, out: deployment(places) }),
  },
  {
    step: 'diff-images',
    after: succeeded('fetch-app'),
    flags: places => ({ deployment: deployment(places), out: imageDiff(places) }),
  },
  {
    step: 'jfrog-lookup',
    after: { step: 'diff-images', alsoAfterFailure: true },
    flags: places => ({
      deployment: deployment(places),
      'image-diff': imageDiff(places),
      ...(places.regcred !== undefined && { regcred: places.regcred }),
      out: artifacts(places),
    }),
  },
  {
    step: 'submit-evidence',
    after: { step: 'jfrog-lookup', alsoAfterFailure: true },
    flags: places => ({
      deployment: deployment(places),
      artifacts: artifacts(places),
      out: evidence(places),
      'head-out': head(places),
      'metrics-out': metrics('submit-evidence', places),
    }),
  },
  {
    step: 'submit-release',
    after: succeeded('submit-evidence'),
    flags: places => ({
      deployment: deployment(places),
      evidence: evidence(places),
      out: release(places),
      'head-out': head(places),
      'metrics-out': metrics('submit-release', places),
    }),
  },
];

/** As `--flag=value`, so that a value cannot become an option. */
export const toArgv = (flags: Record<string, string>): string[] =>
  Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
