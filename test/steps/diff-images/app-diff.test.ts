import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAppDiff } from '../../../steps/diff-images/app-diff.ts';
import { readResourceDiffs } from '../../../steps/diff-images/diff-lines.ts';
import type { ContainerImage } from '../../../steps/diff-images/workload-images.ts';

const fixture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../fixtures/diffs', `${name}.diff.txt`), 'utf8').split('\n');

const shown = (images: ContainerImage[]) =>
  images.map(({ container, containerType, image }) => `${containerType} ${container} ${image}`);

async function read(lines: string[]) {
  const { resources, notLookedAt } = await readAppDiff(lines);
  return {
    resources: resources.map(({ group, kind, namespace, name, operation, live, target }) => ({
      resource: `${operation} ${group}/${kind} ${namespace}/${name}`,
      live: shown(live),
      target: shown(target),
    })),
    notLookedAt,
  };
}

/** A plain diff of one line in one resource. */
const oneLine = (resource: string, live: string, target: string) => [
  `===== ${resource} ======`,
  '57c57',
  `< ${live}`,
  '---',
  `> ${target}`,
];

const block = (header: string, text: string) => [`===== ${header} ======`, ...text.split('\n')];

describe('readAppDiff', () => {
  it('reads a plain diff whose image is the first key of its container', async () => {
    expect(await read(fixture('changed-plain-image-first-key'))).toEqual({
      resources: [
        {
          resource: 'changed apps/Deployment hello-world/my-multi-source-app-hello-world',
          live: ['unknown null nginx:1.16.0'],
          target: ['unknown null nginx:1.14.2'],
        },
      ],
      notLookedAt: [],
    });
  });

  it('reads an image below other keys, and takes neither a log line nor a label for one', async () => {
    const { resources } = await read(fixture('log-line-and-image-like-label'));
    const image = 'gcr.io/test-cloud-48483/python-mcs-test:destructive-change-gke';
    expect(resources).toEqual([
      {
        resource: 'changed apps/Deployment microservices/python-mcs-test-test-aiocron',
        live: [`unknown null ${image}-20200514141114`],
        target: [`unknown null ${image}-20200514122504`],
      },
    ]);
  });

  it('names containers and their lists where a unified diff shows them', async () => {
    const { resources } = await read(fixture('changed-unified-init-container'));
    expect(resources).toEqual([
      {
        resource: 'changed apps/Deployment shop/web',
        live: [
          'container web reg.example/team/web:2.0.0',
          'container sidecar reg.example/team/sidecar@sha256:bbbb',
          'initContainer migrate reg.example/team/migrate:2.0.0',
        ],
        target: [
          'container web reg.example/team/web:1.9.0',
          'container sidecar reg.example/team/sidecar@sha256:aaaa',
          'initContainer migrate reg.example/team/migrate:1.9.0',
        ],
      },
    ]);
  });

  it('finds the same images in the plain form of that diff', async () => {
    const [unified, plain] = await Promise.all(
      ['changed-unified-init-container', 'changed-plain-init-container'].map(name => readAppDiff(fixture(name))),
    );
    const images = (diff: typeof plain) => diff?.resources.map(({ live, target }) => [live, target].map(onlyImages));
    expect(images(plain)).toEqual(images(unified));
  });

  it('reads a whole object that is on one side only exactly', async () => {
    const { resources } = await read(fixture('added-cronjob-and-removed-rollout'));
    expect(resources).toEqual([
      {
        resource: 'added batch/CronJob shop/nightly',
        live: [],
        target: ['container nightly reg.example/nightly:3', 'initContainer wait busybox'],
      },
      { resource: 'removed argoproj.io/Rollout shop/web', live: ['container web reg.example/web:1'], target: [] },
    ]);
  });

  it('sees no image in text, schemas, labels, arguments, variables and annotations', async () => {
    const { resources, notLookedAt } = await read(fixture('lookalikes-in-other-resources'));
    expect(resources.flatMap(({ live, target }) => [...live, ...target])).toEqual([]);
    expect(resources).toHaveLength(3);
    expect(notLookedAt).toEqual([]);
  });

  it.each([
    ['/Pod shop/web', '    image: a:1', true],
    ['/Pod shop/web', '  - image: a:1', true],
    ['/Pod shop/web', '        image: a:1', false],
    ['apps/StatefulSet shop/web', '        image: "a:1"', true],
    ['apps/StatefulSet shop/web', "      - image: 'a:1'", true],
    ['apps/StatefulSet shop/web', '    image: a:1', false],
    ['apps/StatefulSet shop/web', '          image: a:1', false],
    ['batch/CronJob shop/web', '            image: a:1', true],
    ['batch/CronJob shop/web', '        image: a:1', false],
    ['/PodTemplate shop/web', '      image: a:1', true],
    ['argoproj.io/Rollout shop/web', '        image: a:1', true],
    ['apps/Deployment shop/web', '        image: {{a}}', false],
    ['apps/Deployment shop/web', '        image: |', false],
    ['apps/ControllerRevision shop/web', '        image: a:1', false],
    ['argoproj.io/Application shop/web', '        image: a:1', false],
  ])('in a plain diff of %s the line "%s" is an image: %s', async (resource, line, isImage) => {
    const { resources, notLookedAt } = await read(oneLine(resource, line, line));
    expect(resources[0]?.live).toEqual(isImage ? ['unknown null a:1'] : []);
    expect(resources[0]?.target).toEqual(resources[0]?.live);
    expect(notLookedAt).toEqual([]);
  });

  it('says so where nothing tells a bare name from a label', async () => {
    const { resources, notLookedAt } = await read(
      oneLine('apps/Deployment a/b', '        image: a', '        image: b'),
    );
    expect(resources[0]).toMatchObject({ live: [], target: [] });
    expect(notLookedAt).toMatchObject([{ what: 'resource', where: 'apps/Deployment a/b' }]);
    expect(notLookedAt[0]?.why).toContain('a, b');
  });

  it('knows a bare name by the keys beside it', async () => {
    const { resources } = await read(
      block(
        'apps/Deployment a/b',
        '30a31,33\n>         image: nginx\n>         imagePullPolicy: Always\n>         name: web',
      ),
    );
    expect(resources[0]?.target).toEqual(['unknown web nginx']);
  });

  it('reads a container that a plain diff adds whole', async () => {
    const { resources } = await read(
      block(
        'apps/Deployment a/b',
        '30a31,34\n>       - args:\n>         - --x\n>         image: a:1\n>         name: web',
      ),
    );
    expect(resources[0]?.target).toEqual(['unknown web a:1']);
  });

  it.each([
    [
      'a pod template',
      ' spec:\n   template:\n     spec:\n       containers:\n-      - image: a:2\n+      - image: a:1',
      ['a:1'],
      0,
    ],
    ['an option', ' spec:\n   template:\n     spec:\n       engine:\n-        image: a:2\n+        image: a:1', [], 1],
    ['a label', ' spec:\n   selector:\n     x: y\n     matchLabels:\n-      image: a\n+      image: b', [], 0],
    ['its own notes', ' metadata:\n   name: x\n   annotations:\n     a: b\n-    image: a:2\n+    image: a:1', [], 0],
    [
      'a repository beside a tag',
      ' spec:\n   image:\n     repository: a\n     x: y\n-    tag: "2"\n+    tag: "1"',
      [],
      1,
    ],
    ['a tag of something else', ' spec:\n   git:\n     url: x\n     y: z\n-    tag: "2"\n+    tag: "1"', [], 0],
    ['a list of images', ' spec:\n   x: y\n   images:\n   - a:1\n-  - b:2\n+  - b:1', [], 1],
    ['a list of something else', ' spec:\n   x: y\n   args:\n   - a:1\n-  - r.io/b:2\n+  - r.io/b:1', [], 0],
    ['text', ' spec:\n   note: |\n     containers:\n-    - image: a:2\n+    - image: a:1\n     b: c', [], 0],
    ['values', ' spec:\n   values:\n     containers:\n-    - image: a:2\n+    - image: a:1\n     b: c', ['a:1'], 0],
    ['another list', ' spec:\n   x: y\n   z: w\n   steps:\n-  - image: a:2\n+  - image: a:1', [], 1],
  ])('reads a custom resource that shows %s', async (_case, lines, images, unclear) => {
    const { resources, notLookedAt } = await read(
      block('example.com/Thing a/b', `--- a\n+++ b\n@@ -1,5 +1,5 @@ spec:\n${lines}`),
    );
    expect(resources[0]?.target.map(image => image.split(' ')[2])).toEqual(images);
    expect(notLookedAt).toHaveLength(unclear);
  });

  it.each([
    ['a list of containers', '      - image: a:2', '      - image: a:1'],
    ['a bare name', '      - image: nginx', '      - image: httpd'],
    ['a field that may name an image', '  sidecarImage: a:2', '  sidecarImage: a:1'],
    ['an image that is filled in later', '  image: a:{{x}}', '  image: a:{{y}}'],
    ['a tag', '    tag: v2', '    tag: v1'],
    ['a repository', '    repository: r.io/a', '    repository: r.io/b'],
    ['an item that is written as images are', '  - r.example.com/a:2', '  - r.example.com/a:1'],
  ])('says so where a plain diff of a custom resource shows %s alone', async (_, live, target) => {
    const { resources, notLookedAt } = await read(oneLine('serving.knative.dev/Service a/b', live, target));
    expect(resources[0]?.target).toEqual([]);
    expect(notLookedAt).toMatchObject([{ what: 'resource', where: 'serving.knative.dev/Service a/b' }]);
  });

  it.each([
    ['a switch', '  image: true', '  image: false'],
    ['a picture', '  image: logo.png', '  image: new.png'],
    ['an object', '    image:', '    image: {}'],
    ['an argument', '  - --image=r.example.com/a:2', '  - --image=r.example.com/a:1'],
    ['a number', '  - 2', '  - 1'],
  ])('takes %s of a custom resource for no image', async (_, live, target) => {
    const { resources, notLookedAt } = await read(oneLine('serving.knative.dev/Service a/b', live, target));
    expect([resources[0]?.live, notLookedAt]).toEqual([[], []]);
  });

  it('reads a custom resource that is shown whole by its paths, as a manifest', async () => {
    const head = ' apiVersion: monitoring.coreos.com/v1\n kind: Prometheus\n metadata:\n   name: b\n spec:';
    const shown = (lines: string) =>
      read(block('monitoring.coreos.com/Prometheus a/b', `--- a\n+++ b\n@@ -1,6 +1,6 @@\n${head}\n${lines}`));
    const { resources, notLookedAt } = await shown('-  image: q/p:2\n+  image: q/p:1');
    expect([resources[0]?.live, resources[0]?.target, notLookedAt]).toEqual([
      ['container null q/p:2'],
      ['container null q/p:1'],
      [],
    ]);
    const cut = await shown('-  image: q/p:2\n+  image: "q/p:1');
    expect([cut.resources[0]?.live.length, cut.resources[0]?.target]).toEqual([1, []]);
  });

  it.each([
    ['apps/Deployment', '22c22', '          reference: a:2', ['imageVolume null a:2'], 0],
    ['/Pod', '22c22', '      reference: a:2', ['imageVolume null a:2'], 0],
    ['apps/Deployment', '22c22', '            reference: a:2', [], 1],
    ['apps/Deployment', '5c5', '          reference: a:2', [], 1],
  ])('reads an image that is mounted: %s %s %s', async (kind, range, line, images, unclear) => {
    const { resources, notLookedAt } = await read(block(`${kind} a/b`, `${range}\n< ${line}\n---\n> x: y`));
    expect([resources[0]?.live, notLookedAt.length]).toEqual([images, unclear]);
  });

  it('reads an image that is mounted, with its volume', async () => {
    const lines =
      ' volumes:\n- - image:\n-     pullPolicy: Always\n-     reference: a:2\n-   name: v\n+ - emptyDir: {}\n+   name: v';
    const indented = lines.replaceAll(/^([ +-])/gm, '$1     ');
    const { resources, notLookedAt } = await read(
      block('apps/Deployment a/b', `--- a\n+++ b\n@@ -21,5 +21,3 @@\n${indented}`),
    );
    expect([resources[0]?.live, notLookedAt]).toEqual([['imageVolume null a:2'], []]);
  });

  it.each([
    ['the object has not got so far', '11c11\n<         image: r.io/a:2', 1],
    ['the object has not got so far, as an item', '7c7\n<       - image: r.io/a:2', 1],
    [
      'a word of Kubernetes is beside it that a container has not',
      '57,58c57\n<         image: r.io/a:2\n<         size: "3"',
      1,
    ],
    [
      'the list has neighbours that a pod spec has not',
      '57,60c57\n<       containers:\n<       - image: r.io/a:2\n<         name: a\n<       other: 1',
      1,
    ],
    ['its notes end behind it', '57,59c57\n<       containers:\n<       - image: r.io/a:2\n< spec:', 0],
  ])('does not take text for a container where %s', async (_, hunk, unclear) => {
    const { resources, notLookedAt } = await read(block('apps/Deployment a/b', `${hunk}\n---\n> x: y`));
    expect([resources[0]?.live, notLookedAt.length]).toEqual([[], unclear]);
  });

  it('counts lines that stand before the first as a change, not as a new object', async () => {
    const { resources } = await read(
      block('rbac.authorization.k8s.io/ClusterRole /a', '0a1,2\n> aggregationRule:\n>   x: y'),
    );
    expect(resources[0]?.resource).toBe('changed rbac.authorization.k8s.io/ClusterRole /a');
  });

  it.each([
    ['', []],
    ['\n\nINFO[0000] nothing to say\n', []],
  ])('reads %j as no difference', async (text, expected) => {
    expect((await read(text.split('\n'))).resources).toEqual(expected);
  });

  it('accepts line ends of Windows, headers of git, and an empty context line without its blank', async () => {
    const lines = [
      'diff --git a/x b/x',
      'index 1..2 100644',
      '--- a/x',
      '+++ b/x',
      '@@ -21,4 +21,4 @@',
      '       containers:',
      '',
      '       - image: a:2',
      '-        name: x',
      '+        name: y',
    ];
    const { resources } = await read(['===== apps/Deployment a/b ======', ...lines, '', ''].map(line => `${line}\r`));
    expect(resources[0]).toMatchObject({ live: ['container x a:2'], target: ['container y a:2'] });
  });

  it('goes through the text one resource at a time', async () => {
    let taken = 0;
    function* lines() {
      for (const line of [...fixture('changed-plain-image-first-key'), ...fixture('changed-plain-init-container')]) {
        taken += 1;
        yield line;
      }
    }
    const diffs = readResourceDiffs(lines());
    await diffs.next();
    expect(taken).toBeLessThan(fixture('changed-plain-image-first-key').length + 4);
    await diffs.return();
  });
});

describe('readAppDiff refuses', () => {
  const header = 'apps/Deployment shop/web';
  const where = `${header}, line`;

  it.each<[string, string[], string]>([
    ['a plain hunk without its end', block(header, '57c57\n<   a: b'), `${where} 3`],
    ['a plain hunk without its separator', block(header, '57c57\n<   a: b\n>   a: c'), `${where} 4`],
    [
      'a plain hunk that ends at the next header',
      [...block(header, '0a1,3\n> a: b'), '', '===== /A b/c ======'],
      `${where} 5`,
    ],
    ['a plain hunk with too many lines', block(header, '3d2\n< a: b\n< c: d'), `${where} 4`],
    ['a plain hunk whose range runs backwards', block(header, '5,3d2\n< a: b'), `${where} 3`],
    ['a unified hunk without its end', block(header, '--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\n+c'), `${where} 7`],
    [
      'a unified hunk that lost its last line',
      [...block(header, '--- a\n+++ b\n@@ -1,3 +1,3 @@\n a\n-b\n+c'), '', '===== /A b/c ======'],
      `${where} 9`,
    ],
    ['file names without a hunk', block(header, '--- a\n+++ b'), `${where} 3`],
    ['a header that is cut', [...oneLine(header, 'a', 'b'), '', '===== apps/Depl'], `${where} 7`],
    ['a header without a body', [`===== ${header} ======`, '', '===== /Service shop/web ======'], `${where} 3`],
    ['a last header without a body', [`===== ${header} ======`], `${where} 1`],
    ['a whole object that is no YAML', block(header, '0a1,3\n> apiVersion: v1\n> kind: Pod\n> a: "'), `${where} 1`],
    ['text that is no diff', ['<html>'], 'line 1, before the first resource'],
    ['hunks before a resource', ['57c57', '< a', '---', '> b'], 'line 1, before the first resource'],
    [
      'a word diff',
      block(header, '--- a\n+++ b\n@@ -21,2 +21,2 @@\n       containers:\n       - image: [-a:2-]{+a:1+}'),
      `${where} 6`,
    ],
    ['a hunk without a difference', block(header, '--- a\n+++ b\n@@ -21,2 +21,2 @@\n a\n b'), `${where} 6`],
    ['colours', block(header, '57c57\n\u001b[31m< a\u001b[0m'), `${where} 3`],
    ['a fatal line', ['FATA[0006] rpc error: NOAUTH Authentication required.'], 'NOAUTH Authentication required.'],
    ['a fatal line in JSON', ['{"level":"fatal","msg":"cache: key is missing","time":"x"}'], 'cache: key is missing'],
    ['a fatal line in fields', ['time="2026-01-01T00:00:00Z" level=fatal msg="say \\"no\\""'], 'say "no"'],
    ['a fatal line within a hunk', block(header, '57c57\n< a\nFATA[0006] connection lost'), 'connection lost'],
    ['an unknown flag', ['Error: unknown flag: --source-positions'], 'unknown flag'],
  ])('%s', async (_case, lines, message) => {
    await expect(readAppDiff(lines)).rejects.toMatchObject({
      name: 'Failure',
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });

  it('a diff cut after any line but the last of a hunk', async () => {
    const lines = fixture('changed-unified-init-container');
    const whole = [13, lines.length - 1];
    const accepted = await Promise.all(
      lines.map(async (_line, index) =>
        (await readAppDiff(lines.slice(0, index + 1)).catch(() => null)) ? index + 1 : 0,
      ),
    );
    expect(accepted.filter(count => count > 1)).toEqual([...whole, lines.length]);
  });
});

interface Expected {
  resources: {
    group: string;
    kind: string;
    namespace: string;
    name: string;
    op: string;
    liveImages: string[];
    targetImages: string[];
    newImages: string[];
  }[];
  newWorkloadImages: string[];
}

const onlyImages = (images: ContainerImage[]) => [...new Set(images.map(({ image }) => image))].sort();

const { AFTERSYNC_TEST_DATA } = process.env;
const directory = join(AFTERSYNC_TEST_DATA ?? '', '02-argocd-app-diff/derived');
const files = AFTERSYNC_TEST_DATA ? readdirSync(directory).filter(name => name.endsWith('.diff.txt')) : [];

describe.skipIf(!AFTERSYNC_TEST_DATA)('readAppDiff on the public diffs (needs AFTERSYNC_TEST_DATA)', () => {
  it('has diffs to read', () => expect(files.length).toBeGreaterThanOrEqual(9));

  it.each(files)('%s', async file => {
    const expected: Expected = JSON.parse(
      readFileSync(join(directory, file.replace('.diff.txt', '.expected.json')), 'utf8'),
    );
    const { resources, notLookedAt } = await readAppDiff(readFileSync(join(directory, file), 'utf8').split('\n'));
    expect(resources.map(toSeen)).toEqual(expected.resources.map(toExpected));
    for (const [index, { live, target }] of resources.entries()) {
      expect(expected.resources[index]?.liveImages).toEqual(expect.arrayContaining(onlyImages(live)));
      expect(expected.resources[index]?.targetImages).toEqual(expect.arrayContaining(onlyImages(target)));
    }
    const added = resources.flatMap(resource => toSeen(resource).newImages);
    expect([...new Set(added)].sort()).toEqual(expected.newWorkloadImages);
    expect(notLookedAt).toEqual([]);
  });
});

/** What an object shows whole is compared whole; of a changed one a diff shows only what changed. */
function toSeen(resource: Awaited<ReturnType<typeof readAppDiff>>['resources'][number]) {
  const { group, kind, namespace, name, operation, live, target } = resource;
  const newImages = onlyImages(target).filter(image => !onlyImages(live).includes(image));
  const whole = operation !== 'changed' && { live: onlyImages(live), target: onlyImages(target) };
  return { group, kind, namespace, name, operation, newImages, whole };
}

function toExpected({
  group,
  kind,
  namespace,
  name,
  op,
  liveImages,
  targetImages,
  newImages,
}: Expected['resources'][0]) {
  const whole = op !== 'changed' && { live: liveImages, target: targetImages };
  return { group, kind, namespace, name, operation: op, newImages, whole };
}
