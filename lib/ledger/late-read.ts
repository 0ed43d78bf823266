let moments = 0;

/** Each is after the one before it, whatever the clock says. */
export function moment(): number {
  moments += 1;
  return moments;
}

/**
 * Whether what was read may be older than what is known. A read that began before this process had written, or before another
 * read began, may be answered late: it would undo what that one said. Versions of an API server have no order to compare.
 * @param asked the moment in which the read began
 * @param known the moment in which what is known was asked for, or had been written
 */
export const isOlder = (asked: number, known: number): boolean => asked < known;
