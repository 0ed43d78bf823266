import type { Clock } from '../../lib/settle/settle.ts';

/** A clock that only sleeping moves, and what happens on each sleep. */
export function sleepingClock(onSleep: (sleeps: number) => void = () => {}): Clock & { sleeps: () => number } {
  let nowMs = 0;
  let sleeps = 0;
  return {
    nowMs: () => nowMs,
    sleeps: () => sleeps,
    async sleep(ms) {
      nowMs += ms;
      sleeps += 1;
      onSleep(sleeps);
    },
  };
}
