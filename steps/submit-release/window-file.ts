import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { badInput } from '../../lib/runtime/failure.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { WindowObject } from './change-window.ts';
import type { WindowsIn } from './find-window.ts';

const REMEDY = 'give ChangeWindows as kubectl get -o yaml or -o json prints them';
const List = z.object({ kind: z.string().endsWith('List'), items: z.array(z.unknown()) });

/**
 * ChangeWindows of a file: one, several documents, or a List, YAML or JSON. One without a namespace is found in every one.
 * @throws Failure 2
 */
export function parseWindows(text: string, kind: string, on: string): WindowsIn {
  const windows = documentsOf(text, on)
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

function documentsOf(text: string, on: string): unknown[] {
  try {
    return [...parseAllDocuments(text)]
      .map(document => {
        if (document.errors.length > 0) throw document.errors[0];
        return document.toJS({ maxAliasCount: 0 }) as unknown;
      })
      .filter(document => document !== null);
  } catch {
    throw badInput('Not YAML or JSON', on, REMEDY);
  }
}
