import * as z from 'zod';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { ReleaseReceipt } from '../../lib/contracts/release-receipt.ts';
import { globMatches } from '../../lib/glob.ts';
import { compilePattern } from '../../lib/runtime/pattern.ts';

/** What every Kubernetes object has. The rest is found by the configured paths. */
export const WindowObject = z.looseObject({
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});
export type WindowObject = z.infer<typeof WindowObject>;

type Settings = Configuration['changeWindow'];
export type ReleaseWindow = NonNullable<ReleaseReceipt['window']>;

export type Selection =
  | { outcome: 'chosen'; window: ReleaseWindow; changeRequest: string; path: string }
  | { outcome: 'no-window' | 'window-ended' | 'several-windows' | 'window-unusable'; detail: string };

interface Candidate {
  window: ReleaseWindow;
  startMs: number;
  endMs: number;
  changeRequest: { value: unknown; path: string };
}

/**
 * The one window that a sync was made in. Of none, of several, and of one that cannot be read, none is taken: a release
 * event under the wrong change request is worse than one that waits for a person.
 * @param startedAt of the operation, RFC 3339
 */
export function selectWindow(
  objects: readonly WindowObject[],
  application: { namespace: string; name: string },
  startedAt: string,
  settings: Settings,
): Selection {
  const concerning = objects.filter(object => isFor(object, application, settings));
  const states = new Map(concerning.map(object => [object, inactivityOf(object, settings)]));
  const candidates = concerning
    .filter(object => states.get(object) === null)
    .map(object => toCandidate(object, settings));
  const unreadable = candidates.find(({ startMs, endMs }) => !(startMs < endMs));
  if (unreadable !== undefined)
    return { outcome: 'window-unusable', detail: `${nameOf(unreadable)}: ${whyNoTimes(unreadable)}` };
  const at = Date.parse(startedAt);
  const [chosen, ...others] = holding(candidates, at, settings.skewSeconds * 1000);
  if (chosen === undefined) {
    const nothing = nothingFound(objects.length, candidates, at);
    const inactive = concerning.flatMap(object => {
      const state = states.get(object);
      const held = state == null ? [] : holding([toCandidate(object, settings)], at, settings.skewSeconds * 1000);
      return held.map(candidate => `${nameOf(candidate)} holds it, but its ${state}`);
    });
    return inactive.length === 0
      ? nothing
      : { ...nothing, detail: `${nothing.detail}; ${inactive.join('; ')}: no word of changeWindow.activeWhen` };
  }
  if (others.length > 0)
    return {
      outcome: 'several-windows',
      detail: `${[chosen, ...others].map(nameOf).join(', ')} all hold ${startedAt}`,
    };
  return checked(chosen, settings);
}

/** The tolerance counts only where no window holds the time without it, so that two in a row are not two for one sync. */
function holding(candidates: readonly Candidate[], at: number, skewMs: number): Candidate[] {
  const within = (skew: number) => candidates.filter(({ startMs, endMs }) => startMs - skew <= at && at < endMs + skew);
  const strictly = within(0);
  return strictly.length > 0 ? strictly : within(skewMs);
}

function nothingFound(
  all: number,
  candidates: readonly Candidate[],
  at: number,
): Exclude<Selection, { outcome: 'chosen' }> {
  const ended = candidates.filter(({ endMs }) => endMs <= at);
  const last = ended.sort((a, b) => b.endMs - a.endMs)[0];
  if (last !== undefined && ended.length === candidates.length)
    return { outcome: 'window-ended', detail: `the last, ${nameOf(last)}, ended ${last.window.end}` };
  return {
    outcome: 'no-window',
    detail: `of ${all} windows ${candidates.length} are active and for this application, and none holds the start of the sync`,
  };
}

function checked({ window, changeRequest }: Candidate, settings: Settings): Selection {
  const { value, path } = changeRequest;
  const text = typeof value === 'string' ? value : '';
  if (compilePattern(settings.changeRequestPattern, 'changeWindow.changeRequestPattern').test(text))
    return { outcome: 'chosen', window, changeRequest: text, path };
  const detail = `${labelOf(window)}: ${path} does not match ${settings.changeRequestPattern}`;
  return { outcome: 'window-unusable', detail };
}

function toCandidate(object: WindowObject, settings: Settings): Candidate {
  const { name, namespace = null, uid = null, resourceVersion = null } = object.metadata;
  const start = textOf(first(object, settings.start).value);
  const end = textOf(first(object, settings.end).value);
  return {
    window: { namespace, name, uid, resourceVersion, start, end },
    startMs: timeOf(start),
    endMs: timeOf(end),
    changeRequest: first(object, settings.changeRequest),
  };
}

/** The first field of its state that does not say active, for a person. @returns null where it counts */
function inactivityOf(object: WindowObject, { active, activeWhen }: Settings): string | null {
  for (const path of active) {
    const value = valueAt(object, path);
    if (value === undefined || value === null || value === '') continue;
    const isWord = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
    if (!isWord || !activeWhen.some(word => plain(word) === plain(String(value))))
      return `${path} is ${isWord ? String(value) : 'no word'}`;
  }
  return null;
}

/** In_Progress, IN-PROGRESS and in progress are one word. */
const plain = (word: string): string => word.toLowerCase().replace(/[\s_-]+/g, '');

/** Why start and end are not two times. */
function whyNoTimes({ window: { start, end } }: Candidate): string {
  const problems = [['start', start] as const, ['end', end] as const].flatMap(([name, text]) =>
    whyNoTime(text).map(why => `${name} ${text || 'missing'}${why}`),
  );
  return problems.length > 0 ? problems.join(', ') : `start ${start}, end ${end}: it ends before it starts`;
}

function whyNoTime(text: string): string[] {
  if (text === '') return [''];
  if (!Number.isNaN(timeOf(text))) return [];
  const withoutZone = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d(\.\d+)?)?)$/.exec(text);
  if (withoutZone === null) return [' is no time such as 2026-10-07T09:00:00Z'];
  return [` has no time zone, write ${withoutZone[1]}T${withoutZone[2]}Z or +02:00 in place of Z`];
}

/** A list that is no list of texts matches nothing: it must not make a window one for every application. */
function isFor(object: WindowObject, { namespace, name }: { namespace: string; name: string }, settings: Settings) {
  const { value } = first(object, settings.applications);
  if (value === undefined) return true;
  const globs = z.array(z.string()).safeParse(typeof value === 'string' ? [value] : value).data ?? [];
  return globs.some(glob => globMatches(glob, name) || globMatches(glob, `${namespace}/${name}`));
}

/** The first path that holds a value, and the value; without one, the first path. */
function first(object: WindowObject, paths: readonly string[]): { path: string; value: unknown } {
  for (const path of paths) {
    const value = valueAt(object, path);
    if (value !== undefined && value !== null && value !== '') return { path, value };
  }
  return { path: paths[0] ?? '', value: undefined };
}

function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
/** NaN where it is not a date, a time and a zone: a time without a zone is a guess. */
const timeOf = (text: string): number => (RFC_3339.test(text) ? Date.parse(text) : Number.NaN);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const labelOf = ({ namespace, name }: ReleaseWindow): string => (namespace === null ? name : `${namespace}/${name}`);
const nameOf = ({ window }: Candidate): string => labelOf(window);
