import { RemoteFailure } from '../../lib/clients/http.ts';
import { ExitCode, Failure } from '../../lib/runtime/failure.ts';

/** What was learnt of one image besides its metadata. */
export interface Notes {
  /** What stood in the way, as clauses for a person. */
  notes: string[];
  /** Set where the look-up of this image did not come to its end. */
  fault: Failure | null;
}

/** Adds a failure to what is known of one image. One that may be gone at the next try counts before one that will not. */
export function blame(image: Notes, failure: Failure): void {
  image.notes.push(failure.fault);
  if (image.fault?.exitCode !== ExitCode.transient) image.fault = failure;
}

/**
 * Reads for one image: what fails there is this image's, and the others go on.
 * @throws Failure 1 where the credentials are not accepted, because then nothing can be read
 */
export async function apart(image: Notes, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof Failure) || (error instanceof RemoteFailure && error.status === 401)) throw error;
    blame(image, error);
  }
}
