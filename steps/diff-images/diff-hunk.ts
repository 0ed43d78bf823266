/** Consecutive lines of one of the two files. */
export interface DiffSide {
  /** Number of the first line in its file, from 1; 0 for nothing before line 1. */
  start: number;
  lines: string[];
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

/** @returns null where the line does not start a hunk */
export function openHunk(line: string): OpenHunk | null {
  const normal = NORMAL.exec(line);
  if (normal !== null) return openNormal(normal);
  const unified = UNIFIED.exec(line);
  return unified === null ? null : openUnified(unified);
}

/** `57c57`, `0a1,31`, `1,31d0`: lines after `<`, then `---`, then lines after `>`. */
function openNormal([, from = '', to, change, targetFrom = '', targetTo]: RegExpExecArray): OpenHunk {
  const hunk: Hunk = { live: side(from), target: side(targetFrom) };
  const liveCount = change === 'a' ? 0 : Number(to ?? from) - Number(from) + 1;
  const targetCount = change === 'd' ? 0 : Number(targetTo ?? targetFrom) - Number(targetFrom) + 1;
  let separated = change !== 'c';
  return {
    hunk,
    complete: () => separated && hunk.live.lines.length === liveCount && hunk.target.lines.length === targetCount,
    take(line) {
      if (line.startsWith('\\ ')) return true;
      if (line === '---' && !separated) {
        separated = hunk.live.lines.length === liveCount;
        return separated;
      }
      if (/^< |^<$/.test(line)) return put(hunk.live, line.slice(2), liveCount);
      if (/^> |^>$/.test(line)) return separated && put(hunk.target, line.slice(2), targetCount);
      return false;
    },
  };
}

/** `@@ -10,7 +10,7 @@`: lines after a blank, `-` or `+`. An editor may have removed the blank of an empty line. */
function openUnified([, from = '', liveSize, targetFrom = '', targetSize]: RegExpExecArray): OpenHunk {
  const hunk: Hunk = { live: side(from), target: side(targetFrom) };
  const liveCount = Number(liveSize ?? 1);
  const targetCount = Number(targetSize ?? 1);
  return {
    hunk,
    complete: () => hunk.live.lines.length === liveCount && hunk.target.lines.length === targetCount,
    take(line) {
      const text = line.slice(1);
      if (line.startsWith('\\')) return true;
      if (line.startsWith('-')) return put(hunk.live, text, liveCount);
      if (line.startsWith('+')) return put(hunk.target, text, targetCount);
      if (line !== '' && !line.startsWith(' ')) return false;
      return put(hunk.live, text, liveCount) && put(hunk.target, text, targetCount);
    },
  };
}

const side = (start: string): DiffSide => ({ start: Number(start), lines: [] });

function put(side: DiffSide, line: string, count: number): boolean {
  if (side.lines.length >= count) return false;
  side.lines.push(line);
  return true;
}
