import type { CompletedEvent, Initiated } from '../../lib/argocd/controller-events.ts';

/** The Application that an operation was of. */
export interface Subject {
  namespace: string;
  name: string;
  uid: string;
}

/** One finished sync operation that something in the cluster still knows of. Times are RFC 3339. */
export interface Operation {
  id: string;
  application: Subject;
  startedAt: string;
  /** null where Argo CD did not say. */
  finishedAt: string | null;
  succeeded: boolean;
  /** Where it is known from; what is said of it is read there again when it is started. */
  from: 'application' | 'history' | 'events' | 'record';
  /** What Kubernetes Events said, where nothing else knows it. */
  completed?: CompletedEvent & { initiatedBy: Initiated };
}

/** Milliseconds; not a number where it is no time. */
export const millis = (time: string): number => Date.parse(time);

/** As Argo CD writes times: whole seconds. */
export const toSeconds = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
