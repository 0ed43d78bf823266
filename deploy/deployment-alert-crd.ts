import { stringify } from 'yaml';
import * as z from 'zod';
import { AlertCause, DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { structural } from './structural-schema.ts';

const Status = DeploymentAlert.pick({ state: true, since: true, resolvedAt: true, latest: true, channels: true });

const columns = [
  { name: 'App', type: 'string', jsonPath: '.spec.application.name' },
  { name: 'What', type: 'string', jsonPath: '.spec.what' },
  { name: 'State', type: 'string', jsonPath: '.status.state' },
  // In the wide output only.
  { name: 'Env', type: 'string', priority: 1, jsonPath: '.spec.environment' },
  { name: 'Remedy', type: 'string', priority: 1, jsonPath: '.spec.remedy' },
  { name: 'Channels', type: 'string', priority: 1, jsonPath: '.status.channels[*].state' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/**
 * The resource type of alerts, derived from the contract: what is missing is spec and never changes, whether it still is and
 * who was told is status.
 */
export const deploymentAlertCrd = () => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'deploymentalerts.aftersync.dev' },
  spec: {
    group: 'aftersync.dev',
    scope: 'Namespaced',
    names: {
      kind: 'DeploymentAlert',
      listKind: 'DeploymentAlertList',
      plural: 'deploymentalerts',
      singular: 'deploymentalert',
      shortNames: ['da'],
      categories: ['aftersync'],
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'Something is missing and a person should know. Named by the operation id.',
            required: ['spec'],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                ...structural(AlertCause),
                description: 'What is missing.',
                'x-kubernetes-validations': [
                  { rule: 'self == oldSelf', message: 'what an alert was raised for cannot be changed' },
                ],
              },
              status: {
                ...structural(z.strictObject(Status.shape)),
                description: 'Whether it still is, and who was told.',
              },
            },
          },
        },
      },
    ],
  },
});

const HEADER = '# Derived from lib/contracts/deployment-alert.ts by npm run derive; not edited by hand.\n';

/** deploy/crds/deploymentalerts.yaml */
export const deploymentAlertCrdFile = (): string =>
  HEADER + stringify(deploymentAlertCrd(), { aliasDuplicateObjects: false, lineWidth: 120 });
