import jsep from 'jsep';
import { badInput } from '../lib/runtime/failure.ts';

jsep.addBinaryOp('in', 6);
jsep.addBinaryOp('and', 2);
jsep.addBinaryOp('or', 1);

/** What `retryStrategy.expression` sees of the attempt that has just ended. All are text, as in Argo Workflows. */
export interface LastRetry {
  exitCode: string;
  status: string;
  message: string;
  duration: string;
}

const FUNCTIONS: Record<string, (value: unknown) => unknown> = {
  asInt: value => Number.parseInt(String(value), 10),
  asFloat: value => Number.parseFloat(String(value)),
  string: value => String(value),
};
const OPERATORS: Record<string, (left: never, right: never) => unknown> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  in: (left, right) => (right as unknown[]).includes(left),
};

/**
 * Evaluates the part of Argo's expression language that a retry strategy needs: comparisons, `in`, and/or/not, asInt.
 * @throws Failure 2 where the expression uses anything else
 */
export function shouldRetry(expression: string, lastRetry: LastRetry, on: string): boolean {
  const refuse = (what: string) =>
    badInput('Not supported on one machine', `${on}: ${what} in "${expression}"`, 'run it in the cluster');

  function value(node: jsep.Expression): unknown {
    switch (node.type) {
      case 'Literal':
        return (node as jsep.Literal).value;
      case 'ArrayExpression':
        return (node as jsep.ArrayExpression).elements.map(element => (element === null ? null : value(element)));
      case 'MemberExpression':
        return member(node as jsep.MemberExpression);
      case 'CallExpression':
        return call(node as jsep.CallExpression);
      case 'UnaryExpression':
        return unary(node as jsep.UnaryExpression);
      case 'BinaryExpression':
        return binary(node as jsep.BinaryExpression);
      default:
        throw refuse(node.type);
    }
  }

  function member({ object, property, computed }: jsep.MemberExpression): unknown {
    const name = (property as jsep.Identifier).name;
    if (computed || (object as jsep.Identifier).name !== 'lastRetry' || !Object.hasOwn(lastRetry, name))
      throw refuse(`${(object as jsep.Identifier).name}.${name}`);
    return lastRetry[name as keyof LastRetry];
  }

  function call({ callee, arguments: given }: jsep.CallExpression): unknown {
    const name = String((callee as jsep.Identifier).name);
    const [argument] = given;
    if (!Object.hasOwn(FUNCTIONS, name) || argument === undefined || given.length !== 1) throw refuse(`${name}()`);
    return FUNCTIONS[name]?.(value(argument));
  }

  function unary({ operator, argument }: jsep.UnaryExpression): unknown {
    if (operator === '!') return !value(argument);
    if (operator === '-') return -Number(value(argument));
    throw refuse(operator);
  }

  function binary({ operator, left, right }: jsep.BinaryExpression): unknown {
    if (operator === '&&' || operator === 'and') return value(left) && value(right);
    if (operator === '||' || operator === 'or') return value(left) || value(right);
    const operate = OPERATORS[operator];
    if (operate === undefined) throw refuse(operator);
    return operate(value(left) as never, value(right) as never);
  }

  try {
    return value(jsep(expression)) === true;
  } catch (error) {
    if (error instanceof Error && error.name === 'Failure') throw error;
    throw refuse(error instanceof Error ? error.message : 'a mistake');
  }
}
