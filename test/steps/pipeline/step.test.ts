import { describe, expect, it } from 'vitest';
import { Failure } from '../../../lib/runtime/failure.ts';
import { type Ended, runPipeline } from '../../../steps/pipeline/step.ts';

/** Runs the stages with the given ends, every other one succeeds. */
async function run(ends: Record<string, number | null>, reason = '') {
  const ran: string[] = [];
  const end = async ({ step }: { step: string }): Promise<Ended> => {
    ran.push(step);
    const exitCode = step in ends ? (ends[step] ?? null) : 0;
    return { exitCode, reason: exitCode === 0 ? '' : reason };
  };
  try {
    await runPipeline(end);
    return { ran, exitCode: 0, message: '' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ran, exitCode: error.exitCode, message: error.message };
  }
}

const ALL = ['fetch-app', 'diff-images', 'jfrog-lookup', 'submit-evidence', 'submit-release'];
const upTo = (step: string) => ALL.slice(0, ALL.indexOf(step) + 1);

describe('runPipeline', () => {
  it('runs every stage once, in order', async () => {
    expect(await run({})).toEqual({ ran: ALL, exitCode: 0, message: '' });
  });

  it.each<[string, Record<string, number | null>, string, number]>([
    ['bad input ends it', { 'fetch-app': 2 }, 'fetch-app', 2],
    ['a refusal ends it', { 'fetch-app': 1 }, 'fetch-app', 1],
    ['what is known is recorded although not everything is', { 'diff-images': 1 }, 'submit-release', 1],
    ['what is complete is sent although a lookup failed', { 'jfrog-lookup': 1 }, 'submit-release', 1],
    ['also after bad input of the lookup', { 'jfrog-lookup': 2 }, 'submit-release', 2],
    ['no release without all evidence', { 'jfrog-lookup': 1, 'submit-evidence': 1 }, 'submit-evidence', 1],
    ['a release that failed', { 'submit-release': 1 }, 'submit-release', 1],
    ['bad input is named before a refusal', { 'jfrog-lookup': 1, 'submit-evidence': 2 }, 'submit-evidence', 2],
    ['what is transient is tried again at once', { 'fetch-app': 75 }, 'fetch-app', 75],
    ['also in the lookup, which would leave nothing to send', { 'jfrog-lookup': 75 }, 'jfrog-lookup', 75],
    ['also behind a failure', { 'jfrog-lookup': 1, 'submit-evidence': 75 }, 'submit-evidence', 75],
    ['too little memory', { 'diff-images': 137 }, 'diff-images', 75],
    ['terminated', { 'diff-images': 143 }, 'diff-images', 75],
    ['a signal', { 'submit-evidence': null }, 'submit-evidence', 75],
    ['an unknown exit code is a refusal', { 'fetch-app': 64 }, 'fetch-app', 1],
  ])('%s', async (_, ends, last, exitCode) => {
    const result = await run(ends);
    expect(result.ran).toEqual(upTo(last));
    expect(result.exitCode).toBe(exitCode);
  });

  it('says which stage failed, how and why', async () => {
    const { message } = await run({ 'jfrog-lookup': 1, 'submit-evidence': null }, 'Metadata is missing: web; add it');
    expect(message).toBe(
      '2 steps failed: jfrog-lookup (exit code 1) Metadata is missing: web; add it | submit-evidence (killed) Metadata is missing: web; add it; Retry runs all steps again and sends only what is missing',
    );
  });

  it('leaves room for the second reason and the remedy behind a long one', async () => {
    const { message } = await run({ 'jfrog-lookup': 1, 'submit-evidence': 1 }, 'x'.repeat(5000));
    expect(message).toMatch(/submit-evidence .*; Retry runs all steps again/);
  });
});
