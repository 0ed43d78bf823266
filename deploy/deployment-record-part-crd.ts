import { DeploymentRecordPart } from '../lib/contracts/deployment-record-part.ts';
import { RECEIPTS_ONLY_GROW } from './chain-rules.ts';
import { crdFile, customResourceDefinition } from './custom-resource-definition.ts';

const Spec = DeploymentRecordPart.pick({ record: true, index: true });
const Status = DeploymentRecordPart.pick({ images: true, deliveries: true, receipts: true, head: true });

/** The resource type of the parts of large records, derived from the contract. */
export const deploymentRecordPartCrd = () =>
  customResourceDefinition({
    kind: 'DeploymentRecordPart',
    shortName: 'drp',
    description: 'A share of a DeploymentRecord that is too large for one object. Named <record>-<index>.',
    columns: [
      { name: 'Record', type: 'string', jsonPath: '.spec.record' },
      { name: 'Part', type: 'integer', jsonPath: '.spec.index' },
    ],
    rules: [
      {
        // Not made of the number as text: what that costs is not known to the API server beforehand.
        rule: "self.metadata.name.startsWith(self.spec.record + '-') && int(self.metadata.name.substring(17)) == self.spec.index",
        message: 'a part is named by its record and its index',
      },
      ...RECEIPTS_ONLY_GROW,
    ],
    spec: { schema: Spec, description: 'Which part of which record it is.', fixed: 'a part belongs to one record' },
    status: { schema: Status, description: 'What it holds.' },
  });

/** deploy/crds/deploymentrecordparts.yaml */
export const deploymentRecordPartCrdFile = (): string => crdFile('deployment-record-part', deploymentRecordPartCrd());
