import type { Command } from 'commander';

interface Program {
  createProgram: () => Command;
  /** @returns the exit code */
  main: (argv: readonly string[]) => Promise<number>;
}

/** Every program, loaded only when it is the one that runs. */
export const PROGRAMS: Record<string, { description: string; hidden?: true; load: () => Promise<Program> }> = {
  'fetch-app': {
    description: 'what Argo CD did in a sync operation',
    load: () => import('../steps/fetch-app/cli.ts'),
  },
  'diff-images': {
    description: 'which images it deployed, and which changed',
    load: () => import('../steps/diff-images/cli.ts'),
  },
  'jfrog-lookup': {
    description: 'their metadata from Artifactory',
    load: () => import('../steps/jfrog-lookup/cli.ts'),
  },
  'submit-evidence': {
    description: 'one record per artifact in the JET Evidence Store',
    load: () => import('../steps/submit-evidence/cli.ts'),
  },
  'submit-release': {
    description: 'one release event, in production',
    load: () => import('../steps/submit-release/cli.ts'),
  },
  pipeline: { description: 'all of these in one pod', load: () => import('../steps/pipeline/cli.ts') },
  reconcile: {
    description: 'starts what has no record, or an incomplete one',
    load: () => import('../steps/reconcile/cli.ts'),
  },
  report: { description: 'the run as a page', load: () => import('../steps/report/cli.ts') },
  alert: { description: 'tells people what a run left missing', load: () => import('../steps/alert/cli.ts') },
  conclude: { description: 'these two in one pod', load: () => import('../steps/conclude/cli.ts') },
  alerts: { description: 'what waits for a person: list, accept', load: () => import('../alerts/cli.ts') },
  replay: { description: 'events that could not start a Workflow', load: () => import('../dead-letters/cli.ts') },
  render: { description: 'what a Sensor makes of an event', load: () => import('../local/sensor/cli.ts') },
  archive: {
    description: 'old records to S3, out of the cluster',
    load: () => import('../steps/archive/cli.ts'),
  },
  records: { description: 'what was deployed: list, show', load: () => import('../records/cli.ts') },
  verify: { description: 'whether records are as they were written', load: () => import('../records/verify/cli.ts') },
  explain: { description: 'why an image was recorded or not', load: () => import('../records/explain/cli.ts') },
  restore: { description: 'exported records into the cluster again', load: () => import('../records/restore/cli.ts') },
  doctor: { description: 'whether everything is in place, and what to do', load: () => import('../doctor/cli.ts') },
  run: { description: 'the whole pipeline on this machine', load: () => import('../local/cli.ts') },
  completion: { description: 'for bash, zsh and fish', load: () => import('./completion.ts') },
  complete: { description: 'what a shell asks of it', hidden: true, load: () => import('./complete.ts') },
};
