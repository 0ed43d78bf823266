import { couldBeImage, isImageKey, isTemplate, looksLikeReference } from './custom-resource.ts';
import { CONTAINER_LISTS, NO_TEMPLATE } from './pod-spec.ts';
import type { ContainerImage } from './workload-images.ts';
import type { WorkloadKind } from './workload-kind.ts';
import { opensBlockText, readScalar, readYamlLine, type YamlLine } from './yaml-lines.ts';

/** Keys beside `image` in a container. Another key beside it makes it a label, an annotation or an option. */
const CONTAINER_KEYS = new Set(
  (
    'name image imagePullPolicy command args workingDir ports env envFrom resources resizePolicy restartPolicy ' +
    'restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle securityContext ' +
    'terminationMessagePath terminationMessagePolicy stdin stdinOnce tty targetContainerName'
  ).split(' '),
);

/** Keys of a pod spec. Another one beside a list of containers makes it a text that looks like one. */
const POD_SPEC_KEYS = new Set(
  (
    'activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy enableServiceLinks ' +
    'ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets ' +
    'initContainers nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates ' +
    'resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates schedulingGroup securityContext ' +
    'serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds ' +
    'tolerations topologySpreadConstraints volumes workloadRef'
  ).split(' '),
);

/** Of an object that names an image in parts. */
const PART_KEYS = ['repository', 'repo', 'tag', 'imageTag', 'digest', 'reference'];
/** What stands below is names for somebody to look for. */
const LABELS = ['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels'];

export interface LineImages {
  images: ContainerImage[];
  /** Image lines of which nothing visible tells whether a container stands around them. */
  unclear: string[];
}

type Verdict = ContainerImage['containerType'] | 'no' | 'unclear';

interface Fragment {
  lines: (YamlLine | null)[];
  kind: WorkloadKind;
  /** Number of the first line in its file. */
  start: number;
}

/**
 * The images that consecutive lines of a workload's YAML name. A plain diff shows the changed line and nothing around it:
 * there the column decides, because Argo CD writes all objects alike and a kind keeps its containers in one place. What could be
 * an image, and is not told by what is visible, is unclear, never left out: also a bare name in a custom resource.
 * @param start number of the first of the lines in its file, from 1
 */
export function imagesOfLines(texts: string[], kind: WorkloadKind, start: number): LineImages {
  const found: LineImages = { images: [], unclear: [] };
  if (kind.holds === 'nothing') return found;
  const fragment: Fragment = { lines: texts.map(readYamlLine), kind, start };
  fragment.lines.forEach((line, at) => {
    if (line === null) return;
    const verdict =
      kind.holds === 'pod-spec' ? judge({ ...fragment, kind }, at, line) : judgeCustom(fragment, at, line);
    const image = readScalar(line.value);
    if (verdict === 'unclear') found.unclear.push(image);
    else if (verdict !== 'no')
      found.images.push({ container: nameBeside(fragment, at, line), containerType: verdict, image });
  });
  return found;
}

type InPodSpec = Fragment & { kind: Extract<WorkloadKind, { holds: 'pod-spec' }> };

/** A line of a kind whose pod spec stands in one place. */
function judge(fragment: InPodSpec, at: number, line: YamlLine): Verdict {
  if (line.key === 'reference') return judgeVolume(fragment, at, line);
  if (line.key !== 'image' || !holdsImage(line)) return 'no';
  const { kind } = fragment;
  const { item, above } = aroundOf(fragment, at, line);
  if (above.some(isNoPlaceForContainers) || isBeforePodSpec(fragment, at)) return 'no';
  const [parent] = above;
  const type = parent === undefined ? 'unknown' : item === null ? 'no' : typeOfList(kind, parent);
  if (type === 'no') return 'no';
  if (parent === undefined && line.column !== listColumn(kind.path) + 2) return 'no';
  const beside = siblings(fragment, at, line).flatMap(({ key }) => key ?? []);
  const isWritten = /[/:@]/.test(readScalar(line.value));
  const strange = beside.filter(key => !CONTAINER_KEYS.has(key));
  // A label holds neither slash nor colon, and its key or one beside it is rarely a word of Kubernetes' own.
  if (strange.length > 0) return isWritten && strange.every(key => /^[a-z][A-Za-z]*$/.test(key)) ? 'unclear' : 'no';
  if (!couldStandHere(fragment, at)) return 'unclear';
  if (parent !== undefined || item !== null || isWritten) return type;
  return beside.some(key => key !== 'name') ? 'unknown' : 'unclear';
}

/** An image that is mounted: no other field of a pod spec is called `reference`. */
function judgeVolume(fragment: InPodSpec, at: number, line: YamlLine): Verdict {
  if (!holdsImage(line)) return 'no';
  const above = enclosing(fragment, at, line.column, false);
  if (above.some(isNoPlaceForContainers) || isBeforePodSpec(fragment, at)) return 'no';
  const [parent, list] = above;
  if (parent !== undefined && parent.key !== 'image') return 'no';
  if (list !== undefined && list.key !== 'volumes') return 'no';
  const beside = siblings(fragment, at, line).flatMap(({ key }) => key ?? []);
  const isVolume = line.column === listColumn(fragment.kind.path) + 4 && beside.every(key => key === 'pullPolicy');
  return isVolume && couldStandHere(fragment, at) ? 'imageVolume' : 'unclear';
}

const holdsImage = (line: YamlLine): boolean =>
  line.value !== '' && !opensBlockText(line) && couldBeImage(readScalar(line.value));

/** The key above is visible: it names the list. */
function typeOfList(kind: InPodSpec['kind'], parent: YamlLine): ContainerImage['containerType'] | 'no' {
  if (parent.value !== '' || parent.key === null || parent.column !== listColumn(kind.path)) return 'no';
  return Object.hasOwn(CONTAINER_LISTS, parent.key) ? (CONTAINER_LISTS[parent.key] ?? 'no') : 'no';
}

/** Keys are sorted: what stands above the key that the pod spec is below is names and notes. */
function isBeforePodSpec({ lines, kind }: InPodSpec, at: number): boolean {
  const next = lines.slice(at + 1).find(line => line?.lead === 0 && line.key !== null);
  return next?.key === kind.path[0];
}

/** Whether nothing visible shows that this is a text which looks like a pod spec: its place in the file, and the keys around it. */
function couldStandHere({ lines, kind, start }: InPodSpec, at: number): boolean {
  if (start + at < firstLineOf(kind)) return false;
  const column = listColumn(kind.path);
  const level = [...walkLevel(lines, at, column, -1), ...walkLevel(lines, at, column, 1)];
  return level.every(key => POD_SPEC_KEYS.has(key));
}

/** apiVersion, kind, metadata and its name stand above, and where pods are selected, the label that they are selected by. */
const firstLineOf = (kind: InPodSpec['kind']): number => 4 + kind.path.length + 2 + (kind.selects ? 3 : 0);

function* walkLevel(lines: (YamlLine | null)[], at: number, column: number, step: 1 | -1): Generator<string> {
  for (let index = at + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index];
    if (!line) continue;
    if (line.lead < column) return;
    if (line.lead === column && !line.dash && line.key !== null) yield line.key;
  }
}

/** A line of a custom resource, whose images may stand anywhere. */
function judgeCustom(fragment: Fragment, at: number, line: YamlLine): Verdict {
  if (!couldName(fragment, at, line)) return 'no';
  const { item, above } = aroundOf(fragment, at, line);
  if (above.some(isNoPlaceForContainers)) return 'no';
  const [parent] = above;
  if (parent?.key !== undefined && parent.key !== null && LABELS.includes(parent.key)) return 'no';
  // Where the lines do not reach up to the root, a text may open above them, and look like anything.
  const isShown = above.at(-1)?.lead === 0;
  const isList = isShown && line.key === 'image' && item !== null && parent?.value === '' && parent.key !== null;
  const type =
    isList && parent.key !== null && Object.hasOwn(CONTAINER_LISTS, parent.key) && CONTAINER_LISTS[parent.key];
  return type || 'unclear';
}

/** Whether a line of a custom resource may name an image, or a part of its name. */
function couldName(fragment: Fragment, at: number, line: YamlLine): boolean {
  const { key, value } = line;
  if (value === '' || opensBlockText(line)) return false;
  const text = readScalar(value);
  const isPlain = text === value;
  if (isPlain && /^(true|false|null|~|[{[&*].*|\d+(\.\d+)?)$/.test(text) && key !== 'tag') return false;
  if (key === null) return line.dash && isListOfImages(fragment, at, line, text);
  if (isImageKey(key)) return isTemplate(text) || looksLikeReference(text);
  if (!PART_KEYS.includes(key)) return false;
  const parent = enclosing(fragment, at, line.column, false)[0];
  const isOfImage = parent?.key !== undefined && parent.key !== null && isImageKey(parent.key);
  const isPair = siblings(fragment, at, line).some(sibling => sibling.key !== null && PART_KEYS.includes(sibling.key));
  return couldBeImage(text) && (parent === undefined || isOfImage || isPair);
}

/** An item without a key: of a list whose name says so, or, where no name is visible, one that is written as images are. */
function isListOfImages(fragment: Fragment, at: number, line: YamlLine, text: string): boolean {
  const parent = enclosing(fragment, at, line.lead, true)[0];
  if (parent !== undefined) return parent.key !== null && /images$/i.test(parent.key) && looksLikeReference(text);
  return /^[\w-]+(\.[\w-]+)*(:\d+)?\/.+(:[\w.-]+|@sha256:[0-9a-f]+)$/.test(text) && looksLikeReference(text);
}

function aroundOf(fragment: Fragment, at: number, line: YamlLine): { item: number | null; above: YamlLine[] } {
  const item = startOfItem(fragment, at, line);
  const column = item === null ? line.column : line.column - 2;
  return { item, above: enclosing(fragment, item ?? at, column, item !== null) };
}

/** Keys of an object are two columns apart, and a list stands below its key. */
const listColumn = (path: readonly string[]): number => path.length * 2;

const isNoPlaceForContainers = (line: YamlLine): boolean =>
  opensBlockText(line) || (line.key !== null && NO_TEMPLATE.includes(line.key));

/** Where the list item of a line begins. @returns null where it is not visible, or the line is in no list */
function startOfItem({ lines }: Fragment, at: number, { column, dash }: YamlLine): number | null {
  if (dash) return at;
  for (let index = at - 1; index >= 0; index -= 1) {
    const line = lines[index];
    if (line && line.lead < column) return line.dash && line.column === column ? index : null;
  }
  return null;
}

/** The visible lines that what begins at a column is nested in, from the inside out. */
function enclosing({ lines }: Fragment, from: number, column: number, isItem: boolean): YamlLine[] {
  const found: YamlLine[] = [];
  let limit = column;
  let compact = isItem;
  for (let index = from - 1; index >= 0; index -= 1) {
    const line = lines[index];
    if (!line) continue;
    const opensListAtItsColumn = compact && !line.dash && line.lead === limit;
    if (line.lead >= limit && !opensListAtItsColumn) continue;
    found.push(line);
    limit = line.lead;
    compact = line.dash;
  }
  return found;
}

/** The visible lines with the other keys of the same object. */
function siblings({ lines }: Fragment, at: number, { column }: YamlLine): YamlLine[] {
  return [...walk(lines, at, column, -1), ...walk(lines, at, column, 1)];
}

function* walk(lines: (YamlLine | null)[], at: number, column: number, step: 1 | -1): Generator<YamlLine> {
  if (step === -1 && lines[at]?.dash) return;
  for (let index = at + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index];
    if (!line) continue;
    const startsItem = line.dash && line.column === column;
    if (line.lead < column && !(startsItem && step === -1)) return;
    if (line.column === column && line.key !== null && (startsItem || !line.dash)) yield line;
    if (startsItem) return;
  }
}

function nameBeside(fragment: Fragment, at: number, line: YamlLine): string | null {
  const name = siblings(fragment, at, line).find(({ key }) => key === 'name');
  return name === undefined || name.value === '' ? null : readScalar(name.value);
}
