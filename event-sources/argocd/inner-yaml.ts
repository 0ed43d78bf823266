import { isMap, isSeq, parseDocument, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { badInput } from '../../lib/runtime/failure.ts';

/** YAML inside a key of the ConfigMap, edited in place: comments and the order of what a user wrote stay. */
interface Inner<Node> {
  node: Node;
  toScalar: () => Scalar;
}

/** @throws Failure 2 where it is no list: Argo CD could not read it either */
export const innerList = (text: string, key: string): Inner<YAMLSeq> => inner(text, key, '[]', 'a list', isSeq);

/** @throws Failure 2 where it is no map: Argo CD could not read it either */
export const innerMap = (text: string, key: string): Inner<YAMLMap> => inner(text, key, '{}', 'a map', isMap);

/** A text as a literal block, the kind that stays readable inside another document. */
export function literal(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}

function inner<Node extends YAMLMap | YAMLSeq>(
  text: string,
  key: string,
  empty: string,
  what: string,
  is: (node: unknown) => node is Node,
): Inner<Node> {
  const parsed = parseDocument(text);
  const document = parsed.errors.length === 0 && parsed.toJS() === null ? parseDocument(empty) : parsed;
  const [error] = document.errors;
  const node: unknown = document.contents;
  if (error === undefined && is(node)) {
    if (node.items.length === 0) node.flow = false;
    return { node, toScalar: () => literal(document.toString({ lineWidth: 0, flowCollectionPadding: false })) };
  }
  const found = error === undefined ? `not ${what}` : (error.message.split('\n')[0] ?? '');
  throw badInput('Argo CD cannot read it', `data.${key}: ${found}`, 'correct it first: it silences every notification');
}
