import type { Change } from '../ledger/change.ts';

/** Results that wait to be written together. */
export interface Results<T> {
  /** @returns what the write that the result became part of answers */
  add(result: Change): Promise<T>;
  /** Writes what waits: nothing more will come soon. */
  flush(): void;
}

interface Waiting<T> {
  results: Change[];
  written: Promise<T>;
  begin: () => void;
  timer: NodeJS.Timeout;
}

/** @param waitMs how long the first of them waits for others at most */
export function collectResults<T>(write: (results: readonly Change[]) => Promise<T>, waitMs: number): Results<T> {
  let waiting: Waiting<T> | null = null;

  function wait(): Waiting<T> {
    const results: Change[] = [];
    let begin = () => {};
    const begun = new Promise<void>(resolve => {
      begin = resolve;
    });
    return { results, written: begun.then(() => write(results)), begin, timer: setTimeout(flush, waitMs) };
  }

  function flush(): void {
    clearTimeout(waiting?.timer);
    waiting?.begin();
    waiting = null;
  }

  return {
    flush,
    add(result) {
      waiting ??= wait();
      waiting.results.push(result);
      return waiting.written;
    },
  };
}
