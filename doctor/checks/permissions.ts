import { roleBindingCommand } from '../../lib/clients/role-binding.ts';
import { count } from '../../lib/wording.ts';
import { atMost, cannotTell, fine, type Judgement, wrong } from '../finding.ts';
import { IDENTITIES, type Right } from '../rights.ts';

/** What the API server says of a right; null where we may not ask. */
export interface Answer {
  right: Right;
  allowed: boolean | null;
}

const APPLY = 'apply the overlay again; docs/operate.md lists the RoleBindings of other namespaces';
const SHOWN = 10;

/** @param accounts service accounts that are there; null where they may not be listed */
export function judgeAccounts(accounts: readonly string[] | null): Judgement[] {
  if (accounts === null)
    return [cannotTell('service accounts may not be listed', 'run it with the right to list serviceaccounts')];
  return IDENTITIES.filter(({ account, optional }) => !optional && !accounts.includes(account)).map(({ account }) =>
    wrong(`service account ${account} is not there`, 'apply the overlay again'),
  );
}

/** One line an identity: what it lacks, or that it lacks nothing. */
export function judgeRights(answers: readonly Answer[]): Judgement[] {
  if (answers.length > 0 && answers.every(({ allowed }) => allowed === null))
    return [
      cannotTell(
        'what the steps may do, because localsubjectaccessreviews may not be created',
        'run it with the role admin in this namespace',
      ),
    ];
  return [...new Set(answers.map(({ right }) => right.account))].map(account => {
    const own = answers.filter(({ right }) => right.account === account);
    const lacking = own.filter(({ allowed }) => allowed === false).map(({ right }) => describe(right));
    const unknown = own.filter(({ allowed }) => allowed === null).map(({ right }) => right.namespace);
    if (lacking.length > 0) return wrong(`${account} may not ${lacking.join(', ')}`, APPLY);
    if (unknown.length > 0)
      return cannotTell(
        `what ${account} may do in ${[...new Set(unknown)].join(', ')}`,
        'run it with the role admin there',
      );
    return fine(`${account} may do what it must`);
  });
}

/** One line a namespace that Applications deploy to and whose workloads nobody may read, with the command that mends it. */
export function judgeReading(answers: readonly Answer[], accountNamespace: string): Judgement[] {
  const lacking = answers.filter(({ allowed }) => allowed === false).map(({ right }) => right);
  const judgements = [...new Map(lacking.map(right => [right.namespace, right])).values()].map(
    ({ account, namespace }) =>
      wrong(
        `${account} may not read the workloads of ${namespace}, which Applications deploy to`,
        roleBindingCommand(
          { user: `system:serviceaccount:${accountNamespace}:${account}` },
          { namespace: namespace ?? '', clusterRole: 'aftersync-workload-reader' },
        ),
      ),
  );
  if (judgements.length > 0)
    return atMost(judgements, SHOWN, 'each of them needs that RoleBinding: docs/operate.md, "Install"');
  const namespaces = new Set(answers.filter(({ allowed }) => allowed === true).map(({ right }) => right.namespace));
  const [first] = answers;
  return first === undefined || namespaces.size === 0
    ? []
    : [
        fine(
          `${first.right.account} may read the workloads of ${count(namespaces.size, 'namespace')} that Applications deploy to`,
        ),
      ];
}

const describe = ({ verb, resource, group, namespace }: Right): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`} in ${namespace ?? 'all namespaces'}`;
