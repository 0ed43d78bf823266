import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../local/progress.ts';
import { workspace } from '../support/run-step.ts';

async function shown(phase: 'Succeeded' | 'Failed', files: Record<string, string>, artifact: string) {
  const { path } = await workspace(files);
  const out = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
  const outputs = { [artifact]: { path: path(`${artifact}.json`) } };
  const node = { phase, message: 'main: Error (exit code 1): no', exitCode: 1, outputs, attempts: [] } as const;
  await createProgress(out).finished('smoke-test', node as never, 1200);
  return String(out.read());
}

describe('what a person sees of a step', () => {
  it('is the last line that it said, where nothing else is known of its artifact', async () => {
    const files = { 'main.log': 'asked once\nall is well\n', 'smoke-test.json': '{}' };
    expect(await shown('Succeeded', files, 'smoke-test')).toBe('  ✓ smoke-test         1.2 s  all is well\n');
    expect(await shown('Failed', files, 'smoke-test')).toBe('  ✗ smoke-test         1.2 s\n      no\n');
    expect(await shown('Succeeded', { 'smoke-test.json': '{}' }, 'smoke-test')).toBe('  ✓ smoke-test         1.2 s\n');
  });

  it('is what the artifact of a step of ours says', async () => {
    const files = { 'main.log': 'said\n', 'evidence.json': '{}' };
    expect(await shown('Succeeded', files, 'evidence')).toContain('an artifact that breaks its contract');
  });
});
