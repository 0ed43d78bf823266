import type { DeploymentAlert } from '../contracts/deployment-alert.ts';

/** What every channel says, in words. */
export interface Message {
  /** One line: what, and of which Application. */
  title: string;
  /** What is known, each with its label. */
  facts: [label: string, value: string][];
}

export function messageOf(alert: DeploymentAlert): Message {
  const { application, environment, operation, instance, links } = alert;
  const name = application === null ? '' : ` (${application.namespace}/${application.name})`;
  const facts: [string, string | null][] = [
    ['Missing', alert.what],
    ['Of', alert.subject],
    ['What to do', alert.remedy],
    ['Now', alert.latest === alert.what ? null : alert.latest],
    ['Application', application === null ? null : `${application.namespace}/${application.name}`],
    ['Environment', environment],
    ['Argo CD', instance === '' ? null : instance],
    ['Operation', operation],
    ['Workflow', links.workflow],
    ['Argo CD page', links.application],
  ];
  return {
    title: `${alert.state === 'resolved' ? 'Resolved: ' : ''}${alert.what}${name}`,
    facts: facts.filter((fact): fact is [string, string] => fact[1] !== null),
  };
}

/** The facts as lines of text. */
export const textOf = ({ facts }: Message): string => facts.map(([label, value]) => `${label}: ${value}`).join('\n');

/** The key that all channels know an alert by. */
export const keyOf = ({ name }: DeploymentAlert): string => `aftersync/${name}`;

/** Cut to what a receiver takes, with a sign that something is left out. */
export const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
