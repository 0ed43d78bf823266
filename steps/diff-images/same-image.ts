import { parseImageReference } from '../../lib/images/reference.ts';

/**
 * Whether a workload that names `running` runs what was deployed as `deployed`: the same repository, and no tag or digest that
 * differs. Admission may add a digest to a tag, or put it in its place; it may not take one away.
 */
export function runsAs(deployed: string, running: string): boolean {
  if (deployed === running) return true;
  const [wanted, found] = [parseImageReference(deployed), parseImageReference(running)];
  if (wanted === null || found === null || !sameRepository(deployed, running)) return false;
  if (wanted.digest !== null) return wanted.digest === found.digest;
  return wanted.tag === found.tag || (found.tag === null && found.digest !== null);
}

/** However the two are spelt: docker.io and library/ may be left out. */
export function sameRepository(one: string, other: string): boolean {
  const [left, right] = [parseImageReference(one), parseImageReference(other)];
  return left !== null && left.registry === right?.registry && left.repository === right.repository;
}
