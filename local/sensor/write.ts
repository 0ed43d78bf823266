import { badInput } from '../../lib/runtime/failure.ts';
import { isIndex } from './path.ts';
import { TriggerFailure } from './trigger-failure.ts';

const MAX_INDEX = 10_000;

/**
 * A copy of the value with something at the end of the path, as sjson does it: objects and lists that are missing are made,
 * a value that is neither gives way to one, a list is filled up with null, and -1 is its end.
 * @throws TriggerFailure where a list has no such place
 */
export function write(target: unknown, path: readonly string[], value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(target)) return inList(target, part, rest, value);
  if (isObject(target)) {
    const member = Object.hasOwn(target, part) ? target[part] : undefined;
    return Object.fromEntries([...Object.entries(target), [part, below(member, rest, value)]]);
  }
  return isIndex(part) ? inList([], part, rest, value) : { [part]: below(undefined, rest, value) };
}

function inList(list: readonly unknown[], part: string, rest: readonly string[], value: unknown): unknown[] {
  if (!isIndex(part) && part !== '-1')
    throw new TriggerFailure(`cannot set array element for non-numeric key '${part}'`);
  const index = part === '-1' ? list.length : Number(part);
  if (index > MAX_INDEX) throw badInput('Index is too large', String(index), `lists are filled up to ${MAX_INDEX}`);
  const filled = [...list, ...new Array<null>(Math.max(0, index + 1 - list.length)).fill(null)];
  return filled.with(index, below(list[index], rest, value));
}

/** What is made new is a list where its first part is an index or the end of a list. */
function below(member: unknown, rest: readonly string[], value: unknown): unknown {
  if (member === undefined && rest[0] === '-1') return write([], rest, value);
  return write(member, rest, value);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
