import { describe, expect, it } from 'vitest';
import { compareContainer } from '../../../steps/diff-images/compare.ts';
import { toDeployedContainers } from '../../../steps/diff-images/deployed-container.ts';
import { toDeployedImages } from '../../../steps/diff-images/deployed-images.ts';
import { previousImages } from '../../../steps/diff-images/previous-images.ts';
import type { ContainerImage, WorkloadImages } from '../../../steps/diff-images/workload-images.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

const api = (...images: (string | [container: string | null, image: string])[]): WorkloadImages => ({
  ...{ group: 'apps', kind: 'Deployment', namespace: 'pay', name: 'api', hookType: null },
  images: images.map((entry): ContainerImage => {
    const [container, image] = typeof entry === 'string' ? ['main', entry] : entry;
    return { container, containerType: 'container', image };
  }),
});
const named = (name: string, workload: WorkloadImages): WorkloadImages => ({ ...workload, name });

/** What became of the image now, given what the same workload ran before and which digests its pods run. */
function change(now: WorkloadImages, before: WorkloadImages | null, running: string[] = [], beforeRan?: string) {
  const [container] = toDeployedContainers([now], () => running).containers;
  const images = before && previousImages([], [before]).of(before);
  if (container === undefined) throw new Error('no container');
  return compareContainer(
    container,
    images?.map(image => (beforeRan === undefined ? image : { ...image, digest: beforeRan })) ?? null,
  );
}

describe('compareContainer', () => {
  it.each<[string, WorkloadImages, WorkloadImages | null, string, string[]]>([
    ['nobody knows what ran', api('pay/api:2'), null, 'added', []],
    ['the workload ran nothing', api('pay/api:2'), api(), 'added', []],
    ['same tag', api('pay/api:2'), api('pay/api:2'), 'unchanged', ['pay/api:2']],
    ['same image, other spelling', api('docker.io/library/redis'), api('redis:latest'), 'unchanged', ['redis:latest']],
    ['other tag', api('pay/api:2'), api('pay/api:1'), 'updated', ['pay/api:1']],
    [
      'other registry, same container',
      api('ghcr.io/pay/api:2'),
      api('quay.io/pay/api:2'),
      'updated',
      ['quay.io/pay/api:2'],
    ],
    ['other image, same container', api('pay/new:1'), api('pay/old:7'), 'updated', ['pay/old:7']],
    ['other image, other container', api(['new', 'pay/new:1']), api(['old', 'pay/old:7']), 'added', []],
    [
      'renamed container, same repository',
      api(['new', 'pay/api:2']),
      api(['old', 'pay/api:1']),
      'updated',
      ['pay/api:1'],
    ],
    ['names unknown, same repository', api([null, 'pay/api:2']), api([null, 'pay/api:1']), 'updated', ['pay/api:1']],
    ['names unknown, other repository', api([null, 'pay/new:1']), api([null, 'pay/old:7']), 'added', []],
    [
      'container by name before repository',
      api('pay/api:3'),
      api(['main', 'pay/api:2'], ['side', 'pay/api:1']),
      'updated',
      ['pay/api:2'],
    ],
    ['digest written for the first time', api(`pay/api:2@${A}`), api('pay/api:2'), 'updated', ['pay/api:2']],
    ['digest no longer written', api('pay/api:2'), api(`pay/api:2@${A}`), 'unchanged', [`pay/api:2@${A}`]],
    ['digest against digest', api(`pay/api@${A}`), api(`pay/api@${B}`), 'updated', [`pay/api@${B}`]],
    ['same digest, other tag', api(`pay/api:3@${A}`), api(`pay/api:2@${A}`), 'unchanged', [`pay/api:2@${A}`]],
    ['a digest says nothing of a tag', api('pay/api:2'), api(`pay/api@${A}`), 'updated', [`pay/api@${A}`]],
  ])('%s', (_, now, before, expected, previousReferences) => {
    expect(change(now, before)).toEqual({ change: expected, previousReferences });
  });

  it.each([
    ['a strategy that saw a text alone', [A], undefined, 'unchanged', ['pay/api:2']],
    ['the tag points elsewhere', [B], A, 'updated', [`pay/api:2@${A}`]],
    ['the tag points where it did', [A], A, 'unchanged', ['pay/api:2']],
    ['nobody knows where it points', [], A, 'unchanged', ['pay/api:2']],
  ])('%s', (_, running, beforeRan, expected, previousReferences) => {
    const found = change(api('pay/api:2'), api('pay/api:2'), [...running], beforeRan);
    expect(found).toEqual({ change: expected, previousReferences });
  });
});

describe('toDeployedImages', () => {
  const images = (now: WorkloadImages[], before: WorkloadImages[] | null, running: Record<string, string[]> = {}) =>
    toDeployedImages(
      toDeployedContainers(now, workload => running[workload.name] ?? []).containers,
      previousImages([], before),
    ).map(({ reference, digest, digestFrom, change: became, workloads, previousReferences }) => ({
      ...{ reference, digest, digestFrom, became, previousReferences },
      names: workloads.map(({ name }) => name),
    }));

  it('lists an artifact once with every workload, in one order', () => {
    const now = [named('b', api('pay/api:2')), named('a', api('pay/api:2', ['side', 'envoy:1']))];
    const expected = [
      expect.objectContaining({ reference: 'envoy:1', names: ['a'] }),
      expect.objectContaining({ reference: 'pay/api:2', names: ['a', 'b'] }),
    ];
    expect(images(now, null)).toEqual(expected);
    expect(images([...now].reverse(), null)).toEqual(expected);
  });

  it.each([
    ['unchanged only where every workload ran it', ['pay/api:2', 'pay/api:2'], 'unchanged', ['pay/api:2']],
    ['updated where one of them ran another', ['pay/api:2', 'pay/api:1'], 'updated', ['pay/api:1', 'pay/api:2']],
    ['added where one of them is new', ['pay/api:2', null], 'added', ['pay/api:2']],
  ])('%s', (_, [a, b], became, previousReferences) => {
    const before = [a ? [named('a', api(a))] : [], b ? [named('b', api(b))] : []].flat();
    const [found] = images([named('a', api('pay/api:2')), named('b', api('pay/api:2'))], before);
    expect(found).toMatchObject({ became, previousReferences });
  });

  it('is one artifact by digest, whether it is written with tag, digest or both', () => {
    const now = [named('a', api(`pay/api@${A}`)), named('b', api('pay/api:2')), named('c', api(`pay/api:2@${A}`))];
    expect(images(now, null, { b: [A] })).toEqual([
      expect.objectContaining({ reference: 'pay/api:2', digest: A, digestFrom: 'reference', names: ['a', 'b', 'c'] }),
    ]);
  });

  it('takes the digest of the others for a workload that runs no pods', () => {
    const now = [named('idle', api('pay/api:2')), named('busy', api('pay/api:2'))];
    expect(images(now, null, { busy: [A] })).toMatchObject([{ digest: A, digestFrom: 'pod', names: ['busy', 'idle'] }]);
  });

  it('lists both artifacts where pods of one tag run two, and guesses for nobody', () => {
    const now = [named('idle', api('pay/api:2')), named('busy', api('pay/api:2'))];
    expect(images(now, null, { busy: [A, B] }).map(({ digest, names }) => [digest, names])).toEqual([
      [null, ['idle']],
      [A, ['busy']],
      [B, ['busy']],
    ]);
  });
});

describe('toDeployedContainers', () => {
  it('tells a text that is no reference apart, and keeps the others', () => {
    const { containers, refused } = toDeployedContainers([api('pay/api:2', ['side', '{{ .image }}'])], () => []);
    expect(containers.map(({ text }) => text)).toEqual(['pay/api:2']);
    expect(refused).toMatchObject([{ text: '{{ .image }}', workload: { name: 'api', container: 'side' } }]);
  });
});
