import { couldBeImage } from './custom-resource.ts';
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

export interface LineImages {
  images: ContainerImage[];
  /** Image lines of which nothing visible tells whether a container stands around them. */
  unclear: string[];
}

type Verdict = ContainerImage['containerType'] | 'no' | 'unclear';

interface Fragment {
  lines: (YamlLine | null)[];
  kind: WorkloadKind;
}

/**
 * The images that consecutive lines of a workload's YAML name. A plain diff shows the changed line and nothing around it:
 * there the column decides, because Argo CD writes all objects alike and a kind keeps its containers in one place.
 */
export function imagesOfLines(texts: string[], kind: WorkloadKind): LineImages {
  const found: LineImages = { images: [], unclear: [] };
  if (kind.holds === 'nothing') return found;
  const fragment: Fragment = { lines: texts.map(readYamlLine), kind };
  fragment.lines.forEach((line, at) => {
    if (line?.key !== 'image' || line.value === '' || opensBlockText(line)) return;
    const image = readScalar(line.value);
    if (!couldBeImage(image)) return;
    const verdict = judge(fragment, at, line, image);
    if (verdict === 'unclear') found.unclear.push(image);
    else if (verdict !== 'no')
      found.images.push({ container: nameBeside(fragment, at, line), containerType: verdict, image });
  });
  return found;
}

function judge(fragment: Fragment, at: number, line: YamlLine, image: string): Verdict {
  const item = startOfItem(fragment, at, line);
  const above = enclosing(fragment, item ?? at, item === null ? line.column : line.column - 2, item !== null);
  if (above.some(isNoPlaceForContainers)) return 'no';
  const parent = above[0];
  if (parent !== undefined) return item === null ? 'no' : judgeList(fragment.kind, parent);
  if (siblings(fragment, at, line).some(({ key }) => key !== null && !CONTAINER_KEYS.has(key))) return 'no';
  return judgeColumn(fragment, at, line, image, item !== null);
}

/** The key above is visible: it names the list. */
function judgeList(kind: WorkloadKind, parent: YamlLine): Verdict {
  if (parent.value !== '' || parent.key === null || !Object.hasOwn(CONTAINER_LISTS, parent.key)) return 'no';
  if (kind.holds === 'pod-spec' && parent.column !== listColumn(kind.path)) return 'no';
  return CONTAINER_LISTS[parent.key] ?? 'no';
}

/** Nothing above is visible. A label holds neither slash nor colon, so a bare value needs more than a name beside it. */
function judgeColumn({ lines, kind }: Fragment, at: number, line: YamlLine, image: string, isItem: boolean): Verdict {
  const written = /[/:@]/.test(image);
  if (kind.holds !== 'pod-spec') return written ? 'unclear' : 'no';
  if (line.column !== listColumn(kind.path) + 2) return 'no';
  const besideContainerKeys = siblings({ lines, kind }, at, line).some(({ key }) => key !== 'name');
  return isItem || written || besideContainerKeys ? 'unknown' : 'unclear';
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
