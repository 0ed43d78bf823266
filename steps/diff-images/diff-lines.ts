import { badInput, type Failure } from '../../lib/runtime/failure.ts';
import { readLogLine } from './argocd-log.ts';
import { type Hunk, type OpenHunk, openHunk } from './diff-hunk.ts';
import { workloadKind } from './workload-kind.ts';

/** The resource that a header names. Group is empty for core, namespace for a cluster-scoped resource. */
export interface Header {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** How two states of one resource differ. */
export interface ResourceDiff extends Header {
  /** Line of its header in the text, from 1. */
  line: number;
  hunks: Hunk[];
}

/** One by one, or some at a time, which is faster where there are very many. */
export type Lines = AsyncIterable<string | readonly string[]> | Iterable<string | readonly string[]>;

/** `===== group/Kind namespace/name ======`: five signs before, six after; group and namespace may be empty. */
const HEADER = /^===== ([^/ ]*)\/([^ ]+) ([^/ ]*)\/(\S+) ======$/;
/** What diff tools write above the first hunk. */
const PREAMBLE = /^(--- |\+\+\+ |diff |index |new file mode|deleted file mode|old mode|new mode)/;
/** etcd keeps no object of more than a few MB. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** @returns null where the line is no header */
export function readHeader(line: string): Header | null {
  if (!line.startsWith('===== ')) return null;
  const [match, group = '', kind = '', namespace = '', name = ''] = HEADER.exec(line) ?? [];
  return match === undefined ? null : { group, kind, namespace, name };
}

/**
 * Reads the text of `argocd app diff` one resource at a time, in either format that the usual tools write, and holds each
 * hunk against its range, so that a text which lost its end is noticed. Format: argo-cd, cmd/argocd/commands/app_diff.go.
 * @param lines without their ends; log lines of argocd may stand anywhere
 * @throws Failure 2 naming the resource and the line
 */
export async function* readResourceDiffs(lines: Lines): AsyncGenerator<ResourceDiff, void> {
  let resource: ResourceDiff | null = null;
  let open: OpenHunk | null = null;
  let characters = 0;
  let heldBlank = false;
  let number = 0;

  for await (const some of lines)
    for (const text of typeof some === 'string' ? [some] : some) {
      number += 1;
      const line = text.endsWith('\r') ? text.slice(0, -1) : text;
      characters += line.length;
      if (characters > MAX_CHARACTERS) throw tooLarge(resource, number);
      const header = readHeader(line);
      if (open !== null) {
        // An empty line may belong to the hunk or stand before the next header: the line after it tells.
        if (heldBlank && header === null && !open.take('')) throw damaged(resource, number);
        heldBlank = line === '' && !open.complete();
        if (heldBlank) continue;
        if (!open.complete() && open.take(line)) continue;
        if (!open.complete() && !isLog(line, number)) throw damaged(resource, number);
        if (!open.complete()) continue;
        open = null;
      }
      if (header !== null) {
        if (resource !== null) yield withHunks(resource, number);
        resource = { ...header, line: number, hunks: [] };
        characters = 0;
        continue;
      }
      if (line === '') continue;
      open = resource === null ? null : openHunk(line, workloadKind(resource.group, resource.kind).holds !== 'nothing');
      if (resource !== null && open !== null) resource.hunks.push(open.hunk);
      else if (!isLog(line, number) && !(resource !== null && isPreamble(line))) throw damaged(resource, number);
    }
  if (open !== null && !open.complete()) throw damaged(resource, number);
  if (resource !== null) yield withHunks(resource, number);
}

const isPreamble = (line: string): boolean => PREAMBLE.test(line) || line.startsWith('\\ ');

/** @throws Failure where argocd says that it gave up: what stands above is not the whole diff */
function isLog(line: string, number: number): boolean {
  const log = readLogLine(line);
  if (log?.fatal) throw badInput('argocd failed', `line ${number} of the diff: ${log.message}`, 'run it again');
  return log !== null;
}

function withHunks(resource: ResourceDiff, number: number): ResourceDiff {
  if (resource.hunks.length > 0) return resource;
  throw badInput(
    'Resource without its differences',
    place(resource, number),
    'run argocd where the program diff is installed, or name one in KUBECTL_EXTERNAL_DIFF, and save the whole output',
  );
}

const damaged = (resource: ResourceDiff | null, number: number): Failure =>
  badInput(
    'Diff is cut or damaged',
    place(resource, number),
    'save the whole output of argocd app diff, plain (ed style) or with KUBECTL_EXTERNAL_DIFF="diff -u"',
  );

const tooLarge = (resource: ResourceDiff | null, number: number): Failure =>
  badInput(
    'Resource is larger than Kubernetes keeps',
    place(resource, number),
    'check that this is an argocd app diff',
  );

function place(resource: ResourceDiff | null, number: number): string {
  if (resource === null) return `line ${number}, before the first resource`;
  return `${resource.group}/${resource.kind} ${resource.namespace}/${resource.name}, line ${number}`;
}
