type Labels = Record<string, string>;

const SET = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/;
const EQUALITY = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/;
const EXISTENCE = /^(!?)([^\s=!(),]+)$/;

/**
 * Whether labels satisfy a selector as the Kubernetes API understands it: equality, sets and existence, joined by commas.
 * @throws Error where the selector is malformed, which the API answers with 400
 */
export function selects(selector: string, labels: Labels): boolean {
  return requirements(selector).every(requirement => holds(requirement, labels));
}

/** Splits at the commas that are not inside the parentheses of a set. */
const requirements = (selector: string): string[] =>
  selector
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '');

function holds(requirement: string, labels: Labels): boolean {
  const [, setKey, operator, members] = SET.exec(requirement) ?? [];
  if (setKey !== undefined && members !== undefined) {
    const value = labels[setKey];
    const isMember = value !== undefined && members.split(',').some(member => member.trim() === value);
    return operator === 'in' ? isMember : !isMember;
  }
  const [, key, sign, value] = EQUALITY.exec(requirement) ?? [];
  if (key !== undefined) return sign === '!=' ? labels[key] !== value : labels[key] === value;
  const [, not, name] = EXISTENCE.exec(requirement) ?? [];
  if (name === undefined) throw new Error(`unable to parse requirement: ${requirement}`);
  return (not === '!') !== name in labels;
}
