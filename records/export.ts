import type { ScalarTag, Tags } from 'yaml';
import * as z from 'zod';
import { readYamlDocuments } from '../lib/runtime/yaml.ts';

const List = z.object({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/**
 * The objects of an export: what `kubectl get -o yaml` or `-o json` prints, a list, one object or several documents.
 * @param on the flag and file, for messages
 * @throws Failure 2 where it is neither YAML nor JSON
 */
export function parseExport(text: string, on: string): unknown[] {
  const remedy = 'give it as kubectl or aftersync printed it';
  return readYamlDocuments(text, on, remedy, { repeatedKeys: 'refused', customTags: asKubectlWrites }).flatMap(
    document => {
      const list = List.safeParse(document);
      if (list.success) return list.data.items;
      return document === null ? [] : [document];
    },
  );
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
