import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readManifests as readRendering } from '../../../steps/diff-images/manifests.ts';
import type { WorkloadImages } from '../../../steps/diff-images/workload-images.ts';

const rendered = readFileSync(join(import.meta.dirname, '../../fixtures/manifests/rendered-shop.yaml'), 'utf8');

const readManifests = (text: string, on: string) => readRendering(text, on).workloads;

const shown = (workloads: WorkloadImages[]) =>
  workloads.flatMap(({ group, kind, namespace, name, hookType, images }) =>
    images.map(
      ({ container, containerType, image }) =>
        `${group}/${kind} ${namespace}/${name} ${hookType} ${containerType} ${container} ${image}`,
    ),
  );

const EXPECTED = [
  'apps/Deployment shop/web null container web reg.example/web:2',
  'apps/Deployment shop/web null initContainer migrate reg.example/migrate:2',
  'batch/CronJob shop/nightly null container nightly reg.example/nightly:3',
  'batch/Job /migrate- PreSync container migrate reg.example/migrate:2',
];

const pod = (image: string) => ({ metadata: { name: 'a' }, spec: { containers: [{ name: 'a', image }] } });

describe('readManifests', () => {
  it('reads YAML documents, opens lists, and skips empty documents', () => {
    expect(shown(readManifests(rendered, '--target=x'))).toEqual(EXPECTED);
  });

  it('reads the same as a list in JSON and as JSON objects one after the other', () => {
    const objects = parseAllDocuments(rendered).map(document => document.toJS());
    const items = objects.filter(object => object !== null);
    expect(shown(readManifests(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'x'))).toEqual(EXPECTED);
    expect(shown(readManifests(JSON.stringify(items), 'x'))).toEqual(EXPECTED);
    expect(shown(readManifests(items.map(item => JSON.stringify(item)).join('\n---\n'), 'x'))).toEqual(EXPECTED);
  });

  it('reads a typed list, whose items do not say what they are', () => {
    const list = { apiVersion: 'v1', kind: 'PodList', items: [pod('a:1')] };
    expect(shown(readManifests(JSON.stringify(list), 'x'))).toEqual(['/Pod /a null container a a:1']);
  });

  it('takes a custom resource that is called a list for what it is', () => {
    const list = { apiVersion: 'example.com/v1', kind: 'AllowList', items: [], ...pod('a:1') };
    expect(shown(readManifests(JSON.stringify(list), 'x'))).toEqual(['example.com/AllowList /a null container a a:1']);
  });

  it('reads merge keys and repeated keys as Kubernetes does', () => {
    const text = `
apiVersion: v1
kind: Pod
metadata: {name: a}
x-defaults: &defaults {image: "a:1", imagePullPolicy: Always}
spec:
  containers:
  - {<<: *defaults, name: a}
  - {name: b, image: "old:1", image: "new:1"}`;
    expect(readManifests(text, 'x')[0]?.images.map(({ image }) => image)).toEqual(['a:1', 'new:1']);
  });

  it.each([
    ['', []],
    ['---\n---\n', []],
    ['# nothing\n', []],
    ['null', []],
  ])('finds nothing in %j', (text, expected) => {
    expect(readManifests(text, 'x')).toEqual(expected);
  });

  it.each([
    ['apiVersion: v1\nkind: Pod\n---\na: "\n', 'Neither YAML nor JSON: --live=x, document 2, line'],
    ['{"apiVersion": "v1", ', 'Neither YAML nor JSON: --live=x, document 1'],
    ['apiVersion: v1\nkind: ConfigMap\n---\nreplicas: 3\n', 'Not a Kubernetes object: --live=x, document 2'],
    ['<html></html>', 'Not a Kubernetes object: --live=x, document 1'],
    ['{"apiVersion":"v1","kind":"List","items":[7]}', 'Not a Kubernetes object: --live=x, document 1'],
    [`a: &a [${'x,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]`, 'document 1'],
  ])('refuses %j', (text, message) => {
    expect(() => readManifests(text, '--live=x')).toThrow(
      expect.objectContaining({ name: 'Failure', exitCode: 2, message: expect.stringContaining(message) }),
    );
  });
});

const { AFTERSYNC_TEST_DATA } = process.env;

describe.skipIf(!AFTERSYNC_TEST_DATA)('readManifests on the public manifests (needs AFTERSYNC_TEST_DATA)', () => {
  const read = (name: string) => readFileSync(join(AFTERSYNC_TEST_DATA ?? '', '03-manifests', name), 'utf8');

  it.each(['cert-manager', 'argo-events_install-webhook'])('%s', name => {
    const workloads = readManifests(read(`${name}.yaml`), name);
    const containers = workloads.flatMap(({ group, kind, namespace, name: object, images }) =>
      images.map(({ container, containerType, image }) => ({
        object: `${group}/${kind} ${namespace}/${object}`,
        container,
        list: `${containerType}s`,
        image,
      })),
    );
    expect(containers).toEqual(JSON.parse(read(`${name}.containers.json`)));
    const images = [...new Set(containers.map(({ image }) => image))].sort();
    expect(images).toEqual(read(`${name}.images.txt`).trim().split('\n').sort());
    for (const { value } of JSON.parse(read(`${name}.image-like-elsewhere.json`)) as { value: string }[])
      if (value.startsWith('--')) expect(images).not.toContain(value.replace(/^.*=/, ''));
  });
});
