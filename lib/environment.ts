import type { Configuration } from './contracts/configuration.ts';
import { globMatches } from './glob.ts';

/** Which Application of which Argo CD. */
export interface Place {
  instance: string;
  project: string;
  namespace: string;
  name: string;
}

/** The environment that an Application is deployed to, as the configuration decides: by the first rule that matches. */
export function environmentOf(
  { rules, production, default: otherwise }: Configuration['environments'],
  place: Place,
): { targetEnvironment: string; production: boolean } {
  const rule = rules.find(
    ({ instance, project, application }) =>
      globMatches(instance, place.instance) &&
      globMatches(project, place.project) &&
      globMatches(application, `${place.namespace}/${place.name}`),
  );
  const targetEnvironment = rule?.environment ?? otherwise;
  return { targetEnvironment, production: production.includes(targetEnvironment) };
}
