import { Failure } from '../lib/runtime/failure.ts';
import { readInput } from '../lib/runtime/files.ts';
import { registerSecret } from '../lib/runtime/redact.ts';
import { readIdentifier, readSecret } from '../lib/runtime/secrets.ts';
import { readSigningKey } from '../lib/signing/signing-key.ts';
import { type DockerConfig, parseDockerConfig, secretsOf } from '../steps/jfrog-lookup/docker-config.ts';
import { valueIn } from './checks/secrets.ts';
import type { Cluster } from './cluster.ts';
import { cannotTell, fine, type Judgement, wrongBy } from './finding.ts';

/** What the remote systems are asked with; null where there is none that can be used. */
export interface Credentials {
  client: { id: string; secret: string } | null;
  docker: { config: DockerConfig; on: string } | null;
}

export interface CredentialSources {
  env: NodeJS.ProcessEnv;
  /** --regcred */
  regcred: string | undefined;
  /** Where the Secrets are that the pods mount; null without a cluster. */
  secrets: { cluster: Cluster; namespace: string } | null;
}

/** From the environment and --regcred as the steps have them, else from the Secrets of the cluster. */
export async function findCredentials(
  sources: CredentialSources,
): Promise<{ credentials: Credentials; judgements: Judgement[] }> {
  const judgements: Judgement[] = [];
  const attempt = async <T>(look: () => Promise<T | null>): Promise<T | null> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== 2) throw error;
      judgements.push(wrongBy(error));
      return null;
    }
  };
  const client = await attempt(() => findClient(sources, judgements));
  const docker = await attempt(() => findDocker(sources, judgements));
  const key = await attempt(async () => readSigningKey(sources.env));
  if (key !== null) judgements.push(fine('AFTERSYNC_SIGNING_KEY_FILE holds a key that signs records'));
  return { credentials: { client, docker }, judgements };
}

async function findClient({ env, secrets }: CredentialSources, judgements: Judgement[]) {
  const isGiven = Object.keys(env).some(name => /^AFTERSYNC_JET_CLIENT_(ID|SECRET)(_FILE)?$/.test(name));
  if (isGiven) {
    const id = readIdentifier('AFTERSYNC_JET_CLIENT_ID', env);
    const secret = readSecret('AFTERSYNC_JET_CLIENT_SECRET', env);
    judgements.push(fine('client id and secret of the token endpoint are in the environment'));
    return { id, secret };
  }
  const seen = await secrets?.cluster.secret(secrets.namespace, 'jet-proxy');
  const [id, secret] = seen === undefined ? [null, null] : [valueIn(seen, 'client-id'), valueIn(seen, 'client-secret')];
  if (id !== null && secret !== null) {
    registerSecret(secret);
    judgements.push(fine('client id and secret of the token endpoint are in the Secret jet-proxy'));
    return { id, secret };
  }
  judgements.push(
    cannotTell(
      'no client id and secret of the token endpoint here',
      'set AFTERSYNC_JET_CLIENT_ID and AFTERSYNC_JET_CLIENT_SECRET, or …_FILE',
    ),
  );
  return null;
}

async function findDocker({ regcred, secrets }: CredentialSources, judgements: Judgement[]) {
  const inCluster = regcred === undefined ? await secrets?.cluster.secret(secrets.namespace, 'regcred') : undefined;
  const kept = inCluster === undefined ? null : valueIn(inCluster, '.dockerconfigjson');
  const on = regcred === undefined ? 'Secret regcred' : `--regcred=${regcred}`;
  const text = regcred === undefined ? kept : await readInput(regcred, '--regcred');
  if (text === null) {
    judgements.push(cannotTell('no credentials of Artifactory here', 'name the file with --regcred'));
    return null;
  }
  const config = parseDockerConfig(text, on);
  for (const secret of secretsOf(config)) registerSecret(secret);
  judgements.push(fine(`${on} has credentials for ${config.credentials.map(({ key }) => key).join(', ') || 'none'}`));
  return { config, on };
}
