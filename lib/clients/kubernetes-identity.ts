import * as z from 'zod';
import { connection, TIMEOUT_MS, toFailure } from './kubernetes.ts';

const Review = z.object({ status: z.object({ userInfo: z.object({ username: z.string().min(1) }) }) });

/**
 * Who the API server takes us for: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review
 * @returns null where it is older than that (1.28) and does not tell
 * @throws Failure 2 forbidden, or no cluster; 75 it does not answer
 */
export async function whoAmI(timeoutMs: number = TIMEOUT_MS): Promise<string | null> {
  const [{ AuthenticationV1Api }, configuration] = await Promise.all([
    import('./kubernetes-library.ts'),
    connection(timeoutMs),
  ]);
  try {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const review = await new AuthenticationV1Api(configuration).createSelfSubjectReview({ body });
    return Review.parse(review).status.userInfo.username;
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return null;
    throw toFailure(error, 'SelfSubjectReview');
  }
}
