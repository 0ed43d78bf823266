import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { Deployment } from '../../lib/contracts/deployment.ts';

/** The release event as POST /api/v0.0/releases/event takes it: case as written, these fields in this order. */
export const releaseBodyOf = (
  { initiator }: Deployment,
  changeRequest: string,
  { releaseComment }: Configuration['jet'],
): string =>
  JSON.stringify({
    Event: 'CREATE',
    releaseID: 0,
    Comment: releaseComment,
    Approver: initiator.name,
    changeRequest,
  });
