import type { DeploymentAlert } from '../lib/contracts/deployment-alert.ts';
import { textTable } from '../lib/output/text-table.ts';

/** Which alerts are asked for; what is left out does not count. */
export interface Filter {
  /** `name`, or `namespace/name`. */
  application?: string;
  environment?: string;
  /** Also those that are resolved. */
  all?: boolean;
}

/** The ones that fire first, of those the oldest: it has waited longest. */
export const select = (alerts: readonly DeploymentAlert[], filter: Filter): DeploymentAlert[] =>
  alerts
    .filter(alert => matches(alert, filter))
    .sort((a, b) => a.state.localeCompare(b.state) || a.since.localeCompare(b.since));

function matches({ state, application, environment }: DeploymentAlert, wanted: Filter): boolean {
  const names = application === null ? [] : [application.name, `${application.namespace}/${application.name}`];
  return (
    (wanted.all === true || state === 'firing') &&
    (wanted.application === undefined || names.includes(wanted.application)) &&
    (wanted.environment === undefined || environment === wanted.environment)
  );
}

/** One line an alert. */
export const listOf = (alerts: readonly DeploymentAlert[]): string =>
  textTable(
    ['ID', 'APP', 'ENV', 'STATE', 'SINCE', 'WHAT'],
    alerts.map(({ name, application, environment, state, since, what, accepted }) => [
      name,
      application?.name ?? '',
      environment ?? '',
      accepted === undefined ? state : 'accepted',
      since,
      accepted === undefined ? what : `${what} (${accepted.by}: ${accepted.reason})`,
    ]),
  );
