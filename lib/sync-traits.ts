import type { Deployment } from './contracts/deployment.ts';

/** What was unusual about a sync, each in a few words; none of them shows in its phase. */
export function traitsOf({ operation, rollbackOf }: Deployment): string[] {
  const found = [
    operation.dryRun ? 'dry run' : null,
    operation.partial ? 'selected resources only' : null,
    operation.selfHeal ? 'self-heal' : null,
    operation.manifests === 'local' ? "manifests from somebody's machine, from no source" : null,
    operation.terminated ? 'ended by a person' : null,
    rollbackOf === null ? null : `rollback to history entry ${rollbackOf}`,
    operation.current ? null : 'no longer the last sync',
    operation.applicationDeleting ? 'the Application is being deleted' : null,
  ];
  return found.filter(trait => trait !== null);
}
