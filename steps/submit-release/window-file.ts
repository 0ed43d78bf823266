import * as z from 'zod';
import { parseAs } from '../../lib/runtime/parse.ts';
import { readYamlDocuments } from '../../lib/runtime/yaml.ts';
import { WindowObject } from './change-window.ts';
import type { WindowsIn } from './find-window.ts';

const REMEDY = 'give ChangeWindows as kubectl get -o yaml or -o json prints them';
const List = z.object({ kind: z.string().endsWith('List'), items: z.array(z.unknown()) });

/**
 * ChangeWindows of a file: one, several documents, or a List, YAML or JSON. One without a namespace is found in every one.
 * @throws Failure 2
 */
export function parseWindows(text: string, kind: string, on: string): WindowsIn {
  const windows = readYamlDocuments(text, on, REMEDY, { repeatedKeys: 'refused' })
    .filter(document => document !== null)
    .flatMap(document => List.safeParse(document).data?.items ?? [document])
    .map(document => parseAs(WindowObject.extend({ kind: z.literal(kind) }), document, on, REMEDY));
  const asked = new Set<string>();
  return async namespace => {
    const first = asked.size === 0;
    asked.add(namespace);
    return windows.filter(({ metadata }) =>
      metadata.namespace === undefined ? first : metadata.namespace === namespace,
    );
  };
}
