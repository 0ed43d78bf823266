import { parseAllDocuments, type ScalarTag, type Tags } from 'yaml';
import * as z from 'zod';
import { badInput } from '../lib/runtime/failure.ts';

const List = z.object({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/**
 * The objects of an export: what `kubectl get -o yaml` or `-o json` prints, a list, one object or several documents.
 * @param on the flag and file, for messages
 * @throws Failure 2 where it is neither YAML nor JSON
 */
export function parseExport(text: string, on: string): unknown[] {
  const documents = isJson(text) ? [JSON.parse(text)] : parseYaml(text, on);
  return documents.flatMap(document => {
    const list = List.safeParse(document);
    return list.success ? list.data.items : [document];
  });
}

/** JSON is YAML as well, but parsed as JSON it takes a tenth of the time. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseYaml(text: string, on: string): unknown[] {
  const documents = parseAllDocuments(text, { customTags: asKubectlWrites });
  const [error] = [...documents].flatMap(document => document.errors);
  if (error !== undefined) {
    const [where] = error.linePos ?? [];
    throw badInput('Not YAML', `${on}, line ${where?.line ?? '?'}`, 'give it as kubectl or aftersync printed it');
  }
  return [...documents].map(document => document.toJS()).filter(document => document !== null);
}

/**
 * kubectl leaves text unquoted that is a number too large for it, such as the operation id 12345678e1234567; everybody else
 * reads infinity there.
 */
const asKubectlWrites = (tags: Tags): Tags =>
  tags.map(tag =>
    typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:float' && 'resolve' in tag
      ? finite(tag as ScalarTag)
      : tag,
  );

const finite = (tag: ScalarTag): ScalarTag => ({
  ...tag,
  resolve(text, onError, options) {
    const number = tag.resolve(text, onError, options);
    return typeof number === 'number' && !Number.isFinite(number) ? text : number;
  },
});
