import { expect, it } from 'vitest';
import { Deployment, isConfirmed } from '../../../lib/contracts/deployment.ts';
import { deploymentOf } from '../../support/deployment.ts';

it.each([
  ['application', true],
  ['history', true],
  ['events', true],
  ['event', false],
] as const)('what is known from %s is confirmed: %s', (knownFrom, confirmed) => {
  const deployment = deploymentOf('0123456789abcdef');
  const known = Deployment.parse({ ...deployment, operation: { ...deployment.operation, knownFrom } });
  expect(isConfirmed(known)).toBe(confirmed);
});
