import { describe, expect, it } from 'vitest';
import { digestOfImageId, digestsOf, Pod } from '../../../steps/diff-images/pod-digests.ts';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

describe('digestOfImageId', () => {
  it.each([
    [`registry.example.com:5000/pay/api@${A}`, A],
    [`docker-pullable://pay/api@${A}`, A],
    [`docker://${A}`, null],
    [A, null],
    ['', null],
    ['pay/api:2', null],
    [`pay/api@sha512:${'a'.repeat(128)}`, null],
    ['pay/api@sha256:short', null],
  ])('%s', (imageId, digest) => {
    expect(digestOfImageId(imageId)).toBe(digest);
  });
});

describe('digestsOf', () => {
  const pod = (imageID: string, init = '') =>
    Pod.parse({
      metadata: {},
      spec: {
        containers: [{ name: 'main', image: 'pay/api:2' }],
        initContainers: [{ name: 'main', image: 'pay/init:2' }],
      },
      status: {
        containerStatuses: [{ name: 'main', imageID }],
        initContainerStatuses: [{ name: 'main', imageID: init }],
      },
    });
  const main = { container: 'main', containerType: 'container', image: 'pay/api:2' } as const;

  it.each([
    ['by name', main, [pod(`r@${A}`)], [A]],
    ['by name where admission rewrote the image', { ...main, image: 'other:1' }, [pod(`r@${A}`)], [A]],
    [
      'the init container, not its namesake',
      { ...main, containerType: 'initContainer' as const },
      [pod(`r@${A}`, `r@${B}`)],
      [B],
    ],
    ['by image where the name is unknown', { ...main, container: null }, [pod(`r@${A}`, `r@${B}`)], [A]],
    [
      'by image in any list',
      { container: null, containerType: 'unknown' as const, image: 'pay/init:2' },
      [pod(`r@${A}`, `r@${B}`)],
      [B],
    ],
    ['no such container', { ...main, container: 'side' }, [pod(`r@${A}`)], []],
    ['not pulled yet', main, [pod('')], []],
    ['one of two not pulled yet', main, [pod(''), pod(`r@${A}`)], [A]],
    ['replicas agree', main, [pod(`r@${A}`), pod(`r@${A}`)], [A]],
    ['a mutable tag pulled twice', main, [pod(`r@${B}`), pod(`r@${A}`)], [A, B]],
    ['no status', main, [Pod.parse({ metadata: {} })], []],
  ])('%s', (_, image, pods, digests) => {
    expect(digestsOf(image, pods)).toEqual(digests);
  });
});
