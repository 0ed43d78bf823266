import * as z from 'zod';
import { deploymentAlertCrd } from '../../deploy/deployment-alert-crd.ts';
import { deploymentRecordCrd } from '../../deploy/deployment-record-crd.ts';
import { deploymentRecordPartCrd } from '../../deploy/deployment-record-part-crd.ts';
import type { Seen } from '../cluster.ts';
import { cannotTell, fine, type Judgement, wrong } from '../finding.ts';

/** The resource types that this version writes. */
export const DEFINITIONS = [deploymentRecordCrd, deploymentRecordPartCrd, deploymentAlertCrd].map(definition =>
  definition(),
);
type Definition = (typeof DEFINITIONS)[number];

const Installed = z.object({ spec: z.object({ versions: z.array(z.looseObject({ name: z.string() })) }) });
const APPLY = 'kubectl apply -k deploy/crds, of the version that runs';

/** What this version needs must be there; what a newer one added does no harm. */
export function judgeDefinition(ours: Definition, seen: Seen): Judgement {
  const { name } = ours.metadata;
  if (seen.state === 'hidden') return cannotTell(`${name} may not be read`, 'run it with the right to read CRDs');
  if (seen.state === 'absent') return wrong(`${name} is not installed`, APPLY);
  const [expected] = ours.spec.versions;
  const versions = Installed.safeParse(seen.object).data?.spec.versions ?? [];
  const installed = versions.find(version => version.name === expected?.name);
  if (installed === undefined) return wrong(`${name} has no version ${expected?.name}`, APPLY);
  const missing = firstMissing(expected, installed, '');
  if (missing !== null) return wrong(`${name} is of another version: it differs at ${missing}`, APPLY);
  return fine(`${name} ${expected?.name}`);
}

/** The type of change windows, which is not ours: a production sync has no release event without it. @returns null where it is there */
export function judgeWindowType(name: string, seen: Seen): Judgement | null {
  if (seen.state === 'found') return null;
  if (seen.state === 'hidden') return cannotTell(`${name} may not be read`, 'run it with the right to read CRDs');
  return wrong(
    `${name} is not installed, and no production sync can have its release event without a change window`,
    'install the type of your change windows, or correct changeWindow.apiVersion and changeWindow.kind',
  );
}

/** Path of the first value that another one lacks or has differently; null where it has all of it. */
export function firstMissing(expected: unknown, installed: unknown, path: string): string | null {
  if (typeof expected !== 'object' || expected === null)
    return expected === installed ? null : path.replace(/^\./, '') || 'its root';
  const fields: Record<string, unknown> = typeof installed === 'object' ? { ...installed } : {};
  for (const [key, value] of Object.entries(expected)) {
    // The API server leaves out what is empty.
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) continue;
    const missing = firstMissing(value, fields[key], `${path}.${key}`);
    if (missing !== null) return missing;
  }
  return null;
}
