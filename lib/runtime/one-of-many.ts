import { badInput, Failure } from './failure.ts';

/**
 * Where one of many items fails, the others go on: whatever was thrown, as a failure of that item. Text from outside may be nested
 * too deep, or hold what nobody thought of; that is a fault of the item, not the end of the run.
 * @param on the item
 */
export function failureOfOne(error: unknown, on: string): Failure {
  if (error instanceof Failure) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return badInput('Cannot be dealt with', `${on}: ${name}: ${message}`, 'look at it; the others are not held up');
}
