import { describe, expect, it } from 'vitest';
import { failedSteps } from '../../../lib/run/failed-steps.ts';
import { type NodeFailure, parseFailures } from '../../../lib/run/failures.ts';

const node = (displayName: string, message = '', finishedAt = ''): NodeFailure => ({
  displayName,
  message,
  templateName: 'step',
  phase: 'Failed',
  podName: 'pod',
  finishedAt,
});
const nodes = [node('fetch-app(0)', 'no answer')];
const twice = (value: unknown) => JSON.stringify(JSON.stringify(value));
const whole = { workflow: 'checkout-1', status: 'Failed' };

describe('value of workflow.failures', () => {
  it.each([
    ['JSON in a JSON string', twice(nodes), nodes],
    ['JSON alone', JSON.stringify(nodes), nodes],
    ['null', 'null', []],
    ['null in a string', '"null"', []],
    ['an empty list', twice([]), []],
    [
      'nodes with null for what is unknown',
      twice([{ ...nodes[0], finishedAt: null, podName: null }]),
      [{ ...nodes[0], podName: '' }],
    ],
    [
      'nodes with the name alone',
      twice([{ displayName: 'x' }]),
      [{ ...node('x'), templateName: '', phase: '', podName: '' }],
    ],
  ])('reads %s', (_, raw, value) => {
    expect(parseFailures(raw)).toEqual({ state: 'read', value });
  });

  it.each([[undefined], [''], ['  ']])('takes %j as not said', raw => {
    expect(parseFailures(raw)).toEqual({ state: 'absent' });
  });

  it.each([['{{workflow.failures}}'], ['"[{"'], ['"7"'], [twice([{ message: 'nameless' }])]])('gives up on %s', raw => {
    expect(parseFailures(raw).state).toBe('unreadable');
  });
});

describe('failed steps', () => {
  it('takes the last attempt of each step and leaves the Retry node and the Workflow out', () => {
    const failed = failedSteps(
      [
        node('fetch-app(10)', 'main: Error (exit code 75): fetch-app: no answer; wait', '2026-01-01T00:00:10Z'),
        node('fetch-app(2)', 'earlier', '2026-01-01T00:00:02Z'),
        node('fetch-app', 'No more retries left', '2026-01-01T00:00:11Z'),
        node('checkout-1', "child 'fetch-app' failed"),
        node('checkout-1.onExit', 'of an earlier run'),
      ],
      whole,
    );
    expect(failed).toEqual([
      {
        step: 'fetch-app',
        message: 'no answer; wait',
        exitCode: 75,
        attempts: 2,
        finishedAt: '2026-01-01T00:00:10Z',
        recovered: false,
      },
    ]);
  });

  it('calls a step repeated when its Retry node did not fail', () => {
    const failed = failedSteps([node('fetch-app(0)'), node('submit-evidence(0)'), node('submit-evidence')], whole);
    expect(failed.map(({ step, recovered }) => [step, recovered])).toEqual([
      ['fetch-app', true],
      ['submit-evidence', false],
    ]);
  });

  it('calls every step repeated when the run succeeded, and none when nothing else explains a failed run', () => {
    const attempts = [node('fetch-app(0)')];
    expect(failedSteps(attempts, { ...whole, status: 'Succeeded' })[0]?.recovered).toBe(true);
    expect(failedSteps(attempts, whole)[0]?.recovered).toBe(false);
  });

  it('takes the later of two nodes with one name, as a pod with several containers has them', () => {
    const failed = failedSteps([node('fetch-app', 'later', '2'), node('fetch-app', 'sooner', '1')], whole);
    expect(failed.map(({ message, attempts }) => [message, attempts])).toEqual([['later', 2]]);
  });

  it('falls back to the Workflow where no step is listed', () => {
    expect(failedSteps([node('checkout-1', 'failed to resolve')], whole)[0]?.message).toBe('failed to resolve');
  });

  it.each([
    ['main: Error (exit code 2): fetch-app: Not JSON: x; y', 2, 'Not JSON: x; y'],
    ['main: Error (exit code 1)', 1, ''],
    ['OOMKilled (exit code 137)', 137, ''],
    ['Pod was evicted', null, 'Pod was evicted'],
  ])('reads the message %s', (message, exitCode, own) => {
    expect(failedSteps([node('fetch-app', message)], whole)[0]).toMatchObject({ exitCode, message: own });
  });
});
