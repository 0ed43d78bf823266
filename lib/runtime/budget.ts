/** The time that a step may spend on a remote, all requests, waits and retries together. */
export interface Budget {
  remainingMs(): number;
  /** Waits, but never beyond the end. @returns false where the time is over before */
  wait(ms: number): Promise<boolean>;
}

export function createBudget(seconds: number, now: () => number = Date.now): Budget {
  const end = now() + seconds * 1000;
  return {
    remainingMs: () => Math.max(0, end - now()),
    async wait(ms) {
      if (ms >= end - now()) return false;
      await new Promise(resolve => setTimeout(resolve, ms));
      return true;
    },
  };
}
