import { stringify } from 'yaml';
import { DeploymentRecordPart } from '../lib/contracts/deployment-record-part.ts';
import { RECEIPTS_ONLY_GROW } from './chain-rules.ts';
import { structural } from './structural-schema.ts';

const Spec = DeploymentRecordPart.pick({ record: true, index: true });
const Status = DeploymentRecordPart.pick({ images: true, deliveries: true, receipts: true, head: true });

/** The resource type of the parts of large records, derived from the contract. */
export const deploymentRecordPartCrd = () => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'deploymentrecordparts.aftersync.dev' },
  spec: {
    group: 'aftersync.dev',
    scope: 'Namespaced',
    names: {
      kind: 'DeploymentRecordPart',
      listKind: 'DeploymentRecordPartList',
      plural: 'deploymentrecordparts',
      singular: 'deploymentrecordpart',
      shortNames: ['drp'],
      categories: ['aftersync'],
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: 'Record', type: 'string', jsonPath: '.spec.record' },
          { name: 'Part', type: 'integer', jsonPath: '.spec.index' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A share of a DeploymentRecord that is too large for one object. Named <record>-<index>.',
            required: ['spec'],
            'x-kubernetes-validations': [
              {
                // Not made of the number as text: what that costs is not known to the API server beforehand.
                rule: "self.metadata.name.startsWith(self.spec.record + '-') && int(self.metadata.name.substring(17)) == self.spec.index",
                message: 'a part is named by its record and its index',
              },
              ...RECEIPTS_ONLY_GROW,
            ],
            properties: {
              apiVersion: { type: 'string' },
              kind: { type: 'string' },
              metadata: { type: 'object' },
              spec: {
                ...structural(Spec),
                description: 'Which part of which record it is.',
                'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'a part belongs to one record' }],
              },
              status: { ...structural(Status), description: 'What it holds.' },
            },
          },
        },
      },
    ],
  },
});

const HEADER = '# Derived from lib/contracts/deployment-record-part.ts by npm run derive; not edited by hand.\n';

/** deploy/crds/deploymentrecordparts.yaml */
export const deploymentRecordPartCrdFile = (): string =>
  HEADER + stringify(deploymentRecordPartCrd(), { aliasDuplicateObjects: false, lineWidth: 120 });
