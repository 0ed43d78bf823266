import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';
import { environmentOf, type Place } from '../../lib/environment.ts';
import { badInput } from '../../lib/runtime/failure.ts';

type Environment = Pick<Deployment, 'targetEnvironment' | 'production' | 'sourceUri'> & { url: string | null };

/** What the sender of an event believes; absent where it does not say. */
interface Claim {
  targetEnvironment?: string | null | undefined;
  sourceUri?: string | null | undefined;
}

/** @throws Failure 2 where the configuration has no such Argo CD */
export function checkInstance(config: Configuration, name: string): void {
  if (Object.hasOwn(config.instances, name)) return;
  const known = Object.keys(config.instances).join(', ') || 'none';
  throw badInput('Unknown Argo CD', `instance ${name}`, `add it to instances of the configuration; known: ${known}`);
}

/**
 * Which environment an Application is, as the configuration decides: an event is only held against it.
 * @throws Failure 2 where the sender says otherwise, or nothing says what the uploading system is called
 */
export function toEnvironment(config: Configuration, place: Place, claim: Claim): Environment {
  const { environments, instances } = config;
  const { targetEnvironment, production } = environmentOf(environments, place);
  const url = instances[place.instance]?.url;
  const base = config.sourceUri ?? url;
  if (base === undefined)
    throw badInput(
      'No base for sourceUri',
      `instance ${place.instance}`,
      `set sourceUri or instances.${place.instance}.url in the configuration`,
    );
  const sourceUri = under(base, place);
  checkClaim('targetEnvironment', claim.targetEnvironment, targetEnvironment);
  checkClaim('sourceUri', claim.sourceUri, sourceUri);
  return {
    targetEnvironment,
    production,
    sourceUri,
    url: url === undefined ? null : under(url, place),
  };
}

const under = (base: string, { namespace, name }: Place): string =>
  `${base.replace(/\/+$/, '')}/applications/${namespace}/${name}`;

function checkClaim(field: string, claimed: string | null | undefined, configured: string): void {
  if (claimed === null || claimed === undefined || claimed === configured) return;
  throw badInput(
    'Event and configuration disagree',
    `${field}: the event says ${JSON.stringify(claimed.slice(0, 200))}, the configuration ${JSON.stringify(configured)}`,
    'correct the notification context of Argo CD or the configuration',
  );
}
