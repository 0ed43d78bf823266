/** Lines that one of two files has alone, or both. */
interface Step {
  mark: ' ' | '-' | '+';
  line: string;
}

/** As `diff` prints two files, with so many lines of context; null for its plain format. */
export function diffText(live: string[], target: string[], context: number | null): string[] {
  const steps = compare(live, target);
  const changed = steps.flatMap(({ mark }, at) => (mark === ' ' ? [] : [at]));
  const groups: [from: number, to: number][] = [];
  for (const at of changed) {
    const last = groups.at(-1);
    if (last !== undefined && at - last[1] <= 2 * (context ?? 0) + 1) last[1] = at;
    else groups.push([at, at]);
  }
  return groups.flatMap(([from, to]) =>
    context === null ? plain(steps, from, to) : unified(steps, from, to, context),
  );
}

function unified(steps: Step[], first: number, last: number, context: number): string[] {
  const from = Math.max(0, first - context);
  const shown = steps.slice(from, last + context + 1);
  const range = (own: '-' | '+') => {
    const count = shown.filter(({ mark }) => mark === ' ' || mark === own).length;
    return `${before(steps, from, own) + (count === 0 ? 0 : 1)},${count}`;
  };
  return [`@@ -${range('-')} +${range('+')} @@`, ...shown.map(({ mark, line }) => `${mark}${line}`)];
}

function plain(steps: Step[], first: number, last: number): string[] {
  const shown = steps.slice(first, last + 1);
  const of = (own: '-' | '+') => shown.filter(({ mark }) => mark === own).map(({ line }) => line);
  const [live, target] = [of('-'), of('+')];
  const range = (own: '-' | '+', count: number) => {
    const start = before(steps, first, own) + (count === 0 ? 0 : 1);
    return count > 1 ? `${start},${start + count - 1}` : `${start}`;
  };
  const change = live.length === 0 ? 'a' : target.length === 0 ? 'd' : 'c';
  return [
    `${range('-', live.length)}${change}${range('+', target.length)}`,
    ...live.map(line => `< ${line}`),
    ...(change === 'c' ? ['---'] : []),
    ...target.map(line => `> ${line}`),
  ];
}

/** How many lines of a file stand before a step. */
const before = (steps: Step[], at: number, own: '-' | '+'): number =>
  steps.slice(0, at).filter(({ mark }) => mark === ' ' || mark === own).length;

/** By the longest common subsequence. */
function compare(live: string[], target: string[]): Step[] {
  const width = target.length + 1;
  const lengths = new Uint16Array((live.length + 1) * width);
  for (let i = live.length - 1; i >= 0; i -= 1)
    for (let j = target.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        live[i] === target[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < live.length || j < target.length) {
    const [one, other] = [live[i], target[j]];
    if (one !== undefined && one === other) {
      steps.push({ mark: ' ', line: one });
      i += 1;
      j += 1;
    } else if (
      one !== undefined &&
      (other === undefined || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      steps.push({ mark: '-', line: one });
      i += 1;
    } else {
      steps.push({ mark: '+', line: other ?? '' });
      j += 1;
    }
  }
  return steps;
}
