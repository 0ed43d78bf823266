import * as z from 'zod';
import { AlertCause, DeploymentAlertStatus } from '../lib/contracts/deployment-alert.ts';
import { crdFile, customResourceDefinition } from './custom-resource-definition.ts';

const columns = [
  { name: 'App', type: 'string', jsonPath: '.spec.application.name' },
  { name: 'What', type: 'string', jsonPath: '.spec.what' },
  { name: 'State', type: 'string', jsonPath: '.status.state' },
  // In the wide output only.
  { name: 'Env', type: 'string', priority: 1, jsonPath: '.spec.environment' },
  { name: 'Remedy', type: 'string', priority: 1, jsonPath: '.spec.remedy' },
  { name: 'Accepted', type: 'string', priority: 1, jsonPath: '.status.accepted.by' },
  { name: 'Channels', type: 'string', priority: 1, jsonPath: '.status.channels[*].state' },
] as const;

/**
 * The resource type of alerts, derived from the contract: what is missing is spec and never changes, whether it still is and
 * who was told is status.
 */
export const deploymentAlertCrd = () =>
  customResourceDefinition({
    kind: 'DeploymentAlert',
    shortName: 'da',
    description: 'Something is missing and a person should know. Named by the operation id.',
    columns,
    spec: {
      schema: AlertCause,
      description: 'What is missing.',
      fixed: 'what an alert was raised for cannot be changed',
    },
    status: {
      schema: z.strictObject(DeploymentAlertStatus.shape),
      description: 'Whether it still is, and who was told.',
    },
  });

/** deploy/crds/deploymentalerts.yaml */
export const deploymentAlertCrdFile = (): string => crdFile('deployment-alert', deploymentAlertCrd());
