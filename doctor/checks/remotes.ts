import { createArtifactory } from '../../lib/clients/artifactory.ts';
import { createHttp } from '../../lib/clients/http.ts';
import { JET_PATHS } from '../../lib/clients/jet.ts';
import { createToken } from '../../lib/clients/token.ts';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import { createBudget } from '../../lib/runtime/budget.ts';
import { Failure } from '../../lib/runtime/failure.ts';
import { chooseAccess } from '../../steps/jfrog-lookup/access.ts';
import { byDigest, manifestQuery } from '../../steps/jfrog-lookup/aql.ts';
import type { Credentials } from '../credentials.ts';
import { cannotTell, doubtful, fine, type Judgement, wrong, wrongBy } from '../finding.ts';

/** Long enough for a busy remote, short enough for somebody who waits for it. */
const SECONDS = 10;
const NO_IMAGE = `sha256:${'0'.repeat(64)}`;
const FROM_A_POD = 'ask from a pod: argo -n argocd submit --from clusterworkflowtemplate/doctor --log';
const HERE = `it was asked from this machine: see that it is reachable from here, or ${FROM_A_POD}`;
const INSIDE = /\.svc(\.cluster\.local)?(:\d+)?\/\S* (ENOTFOUND|EAI_AGAIN)/;

/** Asks each remote as the steps do, and changes nothing there. */
export async function askRemotes(configuration: Configuration, { client, docker }: Credentials): Promise<Judgement[]> {
  const [jet, artifactory] = await Promise.all([
    client === null ? [] : askJet(configuration.jet, client),
    docker === null ? [] : [await askArtifactory(configuration.artifactory, docker)],
  ]);
  return [...jet, ...artifactory];
}

async function askJet(settings: Configuration['jet'], client: { id: string; secret: string }): Promise<Judgement[]> {
  const budget = createBudget(SECONDS);
  const timeoutSeconds = Math.min(settings.timeoutSeconds, SECONDS);
  try {
    const authorization = createToken({
      endpoint: settings.token,
      clientId: client.id,
      clientSecret: client.secret,
      timeoutSeconds,
      budget,
    });
    await authorization();
    const given = fine(`${settings.token.url} gives a token`);
    return [given, await reach(settings.url, authorization, timeoutSeconds)];
  } catch (error) {
    return [toJudgement(error)];
  }
}

/** HEAD is never a record, whatever the store makes of it. */
async function reach(url: string, authorization: () => Promise<string>, timeoutSeconds: number): Promise<Judgement> {
  try {
    const http = createHttp({
      name: 'JET',
      baseUrl: url,
      timeoutSeconds,
      budget: createBudget(SECONDS),
      authorization,
    });
    const { status } = await http.send({
      method: 'HEAD',
      path: JET_PATHS.deployment,
      safeToRepeat: false,
      accept: [400, 401, 403, 404, 405, 501],
    });
    return judgeJet(url, status);
  } catch (error) {
    return toJudgement(error);
  }
}

/** @param status answer to HEAD of where evidence is posted to */
export function judgeJet(url: string, status: number): Judgement {
  const answered = `${url} answers ${status} to HEAD; nothing was posted`;
  if (status === 401) return wrong(answered, 'the proxy does not accept the token: check jet.token.resource and scope');
  if (status === 403) return doubtful(answered, 'see that this client may post to the proxy');
  return fine(answered);
}

async function askArtifactory(
  settings: Configuration['artifactory'],
  { config, on }: NonNullable<Credentials['docker']>,
): Promise<Judgement> {
  try {
    const access = chooseAccess(settings, config, [], on);
    const artifactory = createArtifactory({
      ...access,
      timeoutSeconds: Math.min(settings.timeoutSeconds, SECONDS),
      concurrency: 1,
      budget: createBudget(SECONDS),
    });
    await artifactory.search(manifestQuery([byDigest(NO_IMAGE)]));
    return fine(`${access.baseUrl} answers a search with the credentials of ${on}`);
  } catch (error) {
    return toJudgement(error);
  }
}

function toJudgement(error: unknown): Judgement {
  if (!(error instanceof Failure)) throw error;
  if (INSIDE.test(error.fault)) return cannotTell(error.fault, `the name is known in the cluster alone: ${FROM_A_POD}`);
  return error.exitCode === 75 ? wrong(error.fault, HERE) : wrongBy(error);
}
