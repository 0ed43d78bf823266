import type { Forbidden } from './kubernetes.ts';

/** One name in a command that a person pastes: nothing else may get into it. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const USER = /^[A-Za-z0-9@._:-]{1,300}$/;

/**
 * The command that gives who was refused the rights of a ClusterRole in one namespace.
 * @param suffix tells apart the bindings of an account that wants several roles in a namespace
 */
export function roleBindingCommand(
  { user }: Pick<Forbidden, 'user'>,
  { namespace, clusterRole, suffix = '' }: { namespace: string; clusterRole: string; suffix?: string },
): string {
  const [, ofAccount, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '') ?? [];
  if (!NAME.test(namespace))
    return `bind the ClusterRole ${clusterRole} to the account of this step where it was refused`;
  if (account !== undefined && ofAccount !== undefined && NAME.test(account) && NAME.test(ofAccount))
    return `kubectl -n ${namespace} create rolebinding ${account}${suffix} --clusterrole=${clusterRole} --serviceaccount=${ofAccount}:${account}`;
  const subject = user !== null && USER.test(user) ? `--user=${user}` : '--serviceaccount=NAMESPACE:ACCOUNT';
  return `kubectl -n ${namespace} create rolebinding ${clusterRole}${suffix} --clusterrole=${clusterRole} ${subject}`;
}
