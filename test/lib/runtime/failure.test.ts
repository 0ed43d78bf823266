import { describe, expect, it } from 'vitest';
import { badInput, ExitCode, refused, transient } from '../../../lib/runtime/failure.ts';
import { oneLine } from '../../../lib/runtime/outside-text.ts';
import { registerSecret } from '../../../lib/runtime/redact.ts';

describe('failure line', () => {
  it('is what failed, on what, and what to do', () => {
    expect(badInput('Not JSON', '--event-file=a.json', 'send JSON')).toMatchObject({
      exitCode: ExitCode.input,
      message: 'Not JSON: --event-file=a.json; send JSON',
    });
    expect(refused('a', 'b', 'c').exitCode).toBe(1);
    expect(transient('a', 'b', 'c').exitCode).toBe(75);
  });

  it('says a remedy once, also where what it failed on says it too', () => {
    const inner = transient('JET is not available', 'POST answered 503', 'it is tried again');
    expect(transient('Evidence is not recorded yet', inner.message, 'it is tried again').message).toBe(
      'Evidence is not recorded yet: JET is not available: POST answered 503; it is tried again',
    );
  });

  it.each([
    ['line\nbreak\u0000and\u001b[31mcolour', 'line break and [31mcolour'],
    ['{{workflow.name}} {{=1+1}}', '{ {workflow.name} } { {=1+1} }'],
    ['  edge  ', 'edge'],
  ])('is one printable line without template tags: %j', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('is bounded', () => {
    expect(oneLine('x'.repeat(10_000))).toHaveLength(1500);
  });

  it('shows no secret in any form it travels in', () => {
    const secret = 'p@ss "word" 4711';
    registerSecret(secret);
    const forms = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret), JSON.stringify(secret)];
    for (const form of forms) expect(oneLine(`sent ${form} there`)).toMatch(/^sent "?\*\*\*"? there$/);
  });
});
