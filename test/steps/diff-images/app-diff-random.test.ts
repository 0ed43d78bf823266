import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readAppDiff } from '../../../steps/diff-images/app-diff.ts';
import { diffText } from '../../support/diff-text.ts';

/** Objects a seed; each pair is printed in every format. AFTERSYNC_SEED tries other ones. */
const OBJECTS = 150;
const SEED = Number(process.env.AFTERSYNC_SEED ?? 20261130);

/** mulberry32 */
function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return {
    chance: (of: number) => next() < of,
    below,
    one: <T>(from: readonly T[]): T => from[below(from.length)] as T,
  };
}
type Random = ReturnType<typeof randomOf>;

const imageOf = ({ one, below, chance }: Random): string => {
  const name = `${one(['', 'r.example.com/', 'r.example.com:5000/shop/', 'ghcr.io/a/b/'])}${one(['web', 'db', 'nginx', 'my_app'])}`;
  if (chance(0.2)) return name;
  return chance(0.2) ? `${name}@sha256:${String(below(9)).repeat(64)}` : `${name}:${one(['1', '2.0', 'v3', 'latest'])}`;
};

type Fields = Record<string, unknown>;
const maybe = (random: Random, of: number, fields: () => Fields): Fields => (random.chance(of) ? fields() : {});

function containerOf(random: Random, name: string): Fields {
  return {
    ...{ name, image: imageOf(random) },
    ...maybe(random, 0.5, () => ({
      args: ['--x', `--image=${imageOf(random)}`, `image: t:${random.below(9)}\ncontainers:\n- image: t:1`],
    })),
    ...maybe(random, 0.3, () => ({ command: ['sh', '-c'] })),
    ...maybe(random, 0.5, () => ({ env: [{ name: 'IMAGE', value: imageOf(random) }] })),
    ...maybe(random, 0.6, () => ({ imagePullPolicy: 'Always' })),
    ...maybe(random, 0.5, () => ({ ports: [{ containerPort: 80, name: 'http' }] })),
    ...maybe(random, 0.4, () => ({ resources: { limits: { cpu: '1' } } })),
    ...maybe(random, 0.3, () => ({ volumeMounts: [{ mountPath: '/x', name: 'x' }] })),
  };
}

function podSpecOf(random: Random): Fields {
  const list = (of: string) => Array.from({ length: 1 + random.below(2) }, (_, n) => containerOf(random, `${of}${n}`));
  return {
    containers: list('c'),
    ...maybe(random, 0.4, () => ({ initContainers: list('i') })),
    ...maybe(random, 0.3, () => ({ nodeSelector: { disk: 'ssd', image: 'v1' } })),
    ...maybe(random, 0.4, () => ({ restartPolicy: 'Always' })),
    ...maybe(random, 0.4, () => ({ serviceAccountName: 'x' })),
    ...maybe(random, 0.3, () => ({
      volumes: [
        { name: 'm', image: { reference: imageOf(random), ...maybe(random, 0.5, () => ({ pullPolicy: 'Always' })) } },
        { name: 'x', emptyDir: {} },
      ],
    })),
  };
}

const podTemplate = (random: Random): Fields => ({
  metadata: { labels: { app: 'web', ...maybe(random, 0.3, () => ({ image: random.one(['v1', 'v2']) })) } },
  spec: podSpecOf(random),
});
const selector = { matchLabels: { app: 'web' } };

interface Kind {
  apiVersion: string;
  kind: string;
  body: (random: Random) => Fields;
}
const KINDS: readonly Kind[] = [
  { apiVersion: 'v1', kind: 'Pod', body: random => ({ spec: podSpecOf(random) }) },
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map(kind => ({
    apiVersion: 'apps/v1',
    kind,
    body: (random: Random) => ({ spec: { selector, template: podTemplate(random) } }),
  })),
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    body: random => ({ spec: { schedule: '@daily', jobTemplate: { spec: { template: podTemplate(random) } } } }),
  },
  {
    apiVersion: 'serving.example.com/v1',
    kind: 'Service',
    body: random => ({ spec: { traffic: 1, template: podTemplate(random) } }),
  },
  {
    apiVersion: 'sparkle.k8s.io/v1',
    kind: 'Job',
    body: random => ({
      spec: {
        ...maybe(random, 0.5, () => ({ image: imageOf(random) })),
        ...maybe(random, 0.5, () => ({ sidecarImage: imageOf(random), size: 3 })),
        ...maybe(random, 0.5, () => ({
          engine: { image: { repository: 'r.example.com/e', tag: `v${random.below(5)}` } },
        })),
        ...maybe(random, 0.5, () => ({ images: [imageOf(random), imageOf(random)] })),
        ...maybe(random, 0.5, () => ({ workers: [{ name: 'w', template: podTemplate(random) }] })),
      },
    }),
  },
];

/** What the object runs, found by its shape alone: by an own walk, not by that of the program. */
function imagesIn(value: unknown, key = ''): string[] {
  if (Array.isArray(value)) {
    if (/^(init)?containers$/i.test(key)) return value.map(({ image }) => String(image));
    return value.flatMap(item => (/images$/.test(key) ? [String(item)] : imagesIn(item)));
  }
  if (typeof value !== 'object' || value === null) return /image$/i.test(key) ? [String(value)] : [];
  return Object.entries(value).flatMap(([name, child]) => {
    if (['metadata', 'nodeSelector'].includes(name)) return [];
    if (name !== 'image' || typeof child !== 'object') return imagesIn(child, name);
    const { reference, repository, tag } = child as Record<string, string>;
    return [reference ?? `${repository}:${tag}`];
  });
}

function objectOf({ apiVersion, kind, body }: Kind, random: Random): Fields {
  const annotations = Array.from({ length: random.below(12) }, (_, n) => [`example.com/${n}`, `${n} image: x`]);
  const metadata = { name: 'web', namespace: 'shop', annotations: Object.fromEntries(annotations) };
  return { apiVersion, kind, metadata, ...body(random) };
}

/** Another object where a line holds an image, an argument or a number that is new: the rest stays as it is. */
function changed(text: string[], random: Random): string[] {
  return text.flatMap(line => {
    if (!random.chance(0.25)) return [line];
    if (/(image|sidecarImage|reference): (?!\{)\S/.test(line)) return [line.replace(/: \S+$/, `: ${imageOf(random)}`)];
    if (/tag: /.test(line)) return [line.replace(/v\d/, `v${5 + random.below(4)}`)];
    if (/(cpu|containerPort|size): /.test(line)) return [line.replace(/\d+/, String(random.below(99)))];
    return [line];
  });
}

const asArgoCd = (object: unknown): string[] =>
  stringify(object, { sortMapEntries: true, indentSeq: false, lineWidth: 0 }).trimEnd().split('\n');

const FORMATS: Record<string, (live: string[], target: string[]) => string[]> = {
  plain: (live, target) => diffText(live, target, null),
  'plain, CRLF': (live, target) => diffText(live, target, null).map(line => `${line}\r`),
  'u, the whole': (live, target) => ['--- a', '+++ b', ...diffText(live, target, 1000)],
  git: (live, target) => [
    'diff --git a/x b/x',
    'index 1..2 100644',
    '--- a/x',
    '+++ b/x',
    ...diffText(live, target, 3),
  ],
  ...Object.fromEntries(
    [0, 1, 3, 10].map(context => [
      `u${context}`,
      (live: string[], target: string[]) => ['--- a', '+++ b', ...diffText(live, target, context)],
    ]),
  ),
};

it(`finds, or says that it cannot tell, every image of random objects, and invents none (seed ${SEED})`, async () => {
  const random = randomOf(SEED);
  const wrong: string[] = [];
  let [owed, found, said] = [0, 0, 0];
  for (let n = 0; n < OBJECTS; n += 1) {
    const kind = random.one(KINDS);
    const object = objectOf(kind, random);
    const live = asArgoCd(object);
    const target = random.chance(0.3) ? asArgoCd(objectOf(kind, random)) : changed(live, random);
    if (live.join() === target.join()) continue;
    const runs = imagesIn(object);
    const group = kind.apiVersion.includes('/') ? kind.apiVersion.split('/')[0] : '';
    for (const [format, print] of Object.entries(FORMATS)) {
      const lines = [`===== ${group}/${kind.kind} shop/web ======`, ...print(live, target)];
      const { resources, notLookedAt } = await readAppDiff(lines);
      const seen = (resources[0]?.live ?? []).map(({ image }) => image);
      const where = `object ${n}, ${kind.kind}, ${format}`;
      for (const image of seen) if (!runs.includes(image)) wrong.push(`${where}: invented ${image}`);
      const isSaid = notLookedAt.length > 0 || (resources[0]?.notLookedAt.live.length ?? 0) > 0;
      // Lines that are new must be found where they name an image: what both sides have need not be shown.
      const isNew = (image: string) => live.some(line => isOf(line, image) && !target.includes(line));
      for (const image of new Set(runs.filter(isNew))) {
        owed += 1;
        if (seen.includes(image)) found += 1;
        else if (isSaid) said += 1;
        else wrong.push(`${where}: missed ${image}`);
      }
    }
  }
  expect(wrong.slice(0, 10)).toEqual([]);
  expect({ owed: owed > 1000, found: found > 500, said: said > 50, all: found + said === owed }).toEqual({
    ...{ owed: true, found: true, said: true, all: true },
  });
});

/** Whether a line names the image: its parts stand in lines of their own. */
function isOf(line: string, image: string): boolean {
  const text = image.startsWith('r.example.com/e:v') ? image.slice(image.lastIndexOf(':') + 1) : image;
  const [, value] = /^ *(?:- )?(?:(?:image|sidecarImage|reference|tag): )?(\S+)$/.exec(line) ?? [];
  return value === text;
}
