/** Consecutive lines of one of the two files. */
export interface DiffSide {
  /** Number of the first line in its file, from 1; 0 for nothing before line 1. */
  start: number;
  /** Where nobody will look at them, only those that tell a whole object: apiVersion and kind. */
  lines: string[];
  count: number;
}

/** Lines that differ and, in a unified diff, the equal lines around them, which stand on both sides. */
export interface Hunk {
  live: DiffSide;
  target: DiffSide;
}

/** A hunk whose lines are still arriving. */
export interface OpenHunk {
  hunk: Hunk;
  complete(): boolean;
  /** @returns false where the line cannot belong to the hunk */
  take(line: string): boolean;
}

const NORMAL = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?$/;
const UNIFIED = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * @param keeps whether somebody will look at the lines
 * @returns null where the line does not start a hunk
 */
export function openHunk(line: string, keeps: boolean): OpenHunk | null {
  const normal = NORMAL.exec(line);
  if (normal !== null) return openNormal(normal, keeps);
  const unified = UNIFIED.exec(line);
  return unified === null ? null : openUnified(unified, keeps);
}

/** `57c57`, `0a1,31`, `1,31d0`: lines after `<`, then `---`, then lines after `>`. */
function openNormal([, from = '', to, change, targetFrom = '', targetTo]: RegExpExecArray, keeps: boolean): OpenHunk {
  const put = putter(keeps);
  const hunk: Hunk = { live: side(from), target: side(targetFrom) };
  const liveCount = change === 'a' ? 0 : Number(to ?? from) - Number(from) + 1;
  const targetCount = change === 'd' ? 0 : Number(targetTo ?? targetFrom) - Number(targetFrom) + 1;
  let separated = change !== 'c';
  return {
    hunk,
    complete: () => separated && hunk.live.count === liveCount && hunk.target.count === targetCount,
    take(line) {
      if (line.startsWith('\\ ')) return true;
      if (line === '---' && !separated) {
        separated = hunk.live.count === liveCount;
        return separated;
      }
      if (line.startsWith('< ') || line === '<') return put(hunk.live, line, 2, liveCount);
      if (line.startsWith('> ') || line === '>') return separated && put(hunk.target, line, 2, targetCount);
      return false;
    },
  };
}

/** `@@ -10,7 +10,7 @@`: lines after a blank, `-` or `+`. An editor may have removed the blank of an empty line. */
function openUnified([, from = '', liveSize, targetFrom = '', targetSize]: RegExpExecArray, keeps: boolean): OpenHunk {
  const put = putter(keeps);
  const hunk: Hunk = { live: side(from), target: side(targetFrom) };
  const liveCount = Number(liveSize ?? 1);
  const targetCount = Number(targetSize ?? 1);
  const isComplete = () => hunk.live.count === liveCount && hunk.target.count === targetCount;
  let differs = false;
  return {
    hunk,
    complete: isComplete,
    take(line) {
      if (line.startsWith('\\')) return true;
      const mark = line[0] ?? ' ';
      if (!MARKS.includes(mark)) return false;
      differs ||= mark !== ' ';
      const isTaken =
        (mark === '+' || put(hunk.live, line, 1, liveCount)) &&
        (mark === '-' || put(hunk.target, line, 1, targetCount));
      // A word diff has what differs within the lines.
      return isTaken && (differs || !isComplete());
    },
  };
}

const MARKS = [' ', '-', '+'];

const side = (start: string): DiffSide => ({ start: Number(start), lines: [], count: 0 });

const isOfHead = (line: string, mark: number): boolean =>
  line.startsWith('apiVersion: ', mark) || line.startsWith('kind: ', mark);

const putter =
  (keeps: boolean) =>
  (side: DiffSide, line: string, mark: number, count: number): boolean => {
    if (side.count >= count) return false;
    side.count += 1;
    if (keeps || isOfHead(line, mark)) side.lines.push(line.slice(mark));
    return true;
  };
