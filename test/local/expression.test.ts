import { describe, expect, it } from 'vitest';
import { shouldRetry } from '../../local/expression.ts';

const last = { exitCode: '75', status: 'Failed', message: 'main: Error (exit code 75): busy', duration: '1.5' };
const DEPLOYED = "lastRetry.status == 'Error' || asInt(lastRetry.exitCode) in [75, 137, 143]";

describe('shouldRetry', () => {
  it.each([
    ['75', 'Failed', true],
    ['137', 'Failed', true],
    ['143', 'Failed', true],
    ['1', 'Failed', false],
    ['2', 'Failed', false],
    ['-1', 'Error', true],
    ['-1', 'Failed', false],
  ])('answers exit code %s of a %s attempt as the deployed templates mean it: %s', (exitCode, status, expected) => {
    expect(shouldRetry(DEPLOYED, { ...last, exitCode, status }, 'test')).toBe(expected);
  });

  it.each([
    ["lastRetry.exitCode == '75'", true],
    ["lastRetry.exitCode != '75'", false],
    ['asInt(lastRetry.exitCode) > 74 && asInt(lastRetry.exitCode) <= 75', true],
    ["asFloat(lastRetry.duration) < 1 or lastRetry.status == 'Failed'", true],
    ['!(asInt(lastRetry.exitCode) == 75)', false],
    ['asInt(lastRetry.exitCode) == -75', false],
    ['asInt(lastRetry.exitCode)', false],
  ])('%s is %s', (expression, expected) => {
    expect(shouldRetry(expression, last, 'test')).toBe(expected);
  });

  it.each([
    ['lastRetry.node', 'lastRetry.node'],
    ['process.exit', 'process.exit'],
    ['lastRetry["exitCode"] == 1', 'lastRetry'],
    ['lastRetry[exitCode] == 1', 'lastRetry'],
    ['sprig.env("HOME")', '()'],
    ['constructor(1)', 'constructor()'],
    ['lastRetry.exitCode ? true : false', 'ConditionalExpression'],
    ['1 +', 'Expected expression'],
  ])('refuses %s', (expression, named) => {
    expect(() => shouldRetry(expression, last, 'template x')).toThrow(
      new RegExp(`Not supported on one machine: template x.*${named.replace(/[()]/g, '\\$&')}`),
    );
  });
});
