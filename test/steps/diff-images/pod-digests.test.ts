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
  const pod = (imageID: string, init = '', image = 'pay/api:2') =>
    Pod.parse({
      metadata: {},
      spec: {
        containers: [{ name: 'main', image }],
        initContainers: [{ name: 'main', image: 'pay/init:2' }],
      },
      status: {
        containerStatuses: [{ name: 'main', imageID }],
        initContainerStatuses: [{ name: 'main', imageID: init }],
      },
    });
  const main = { container: 'main', containerType: 'container', image: 'pay/api:2' } as const;
  const init = { container: 'main', containerType: 'initContainer', image: 'pay/init:2' } as const;
  const both = pod(`docker.io/pay/api@${A}`, `docker.io/pay/init@${B}`);
  const [a, b] = [pod(`pay/api@${A}`), pod(`pay/api@${B}`)];

  it.each([
    ['by name', main, [a], [A]],
    ['the init container, not its namesake', init, [both], [B]],
    ['by image where the name is unknown', { ...main, container: null }, [both], [A]],
    ['by image in any list', { ...init, container: null, containerType: 'unknown' as const }, [both], [B]],
    ['no such container', { ...main, container: 'side' }, [a], []],
    ['not pulled yet', main, [pod('')], []],
    ['one of two not pulled yet', main, [pod(''), a], [A]],
    ['replicas agree', main, [a, a], [A]],
    ['a mutable tag pulled twice', main, [b, a], [A, B]],
    ['no status', main, [Pod.parse({ metadata: {} })], []],
    ['the id of a configuration alone', main, [pod(A), pod(`docker://${A}`)], []],
    ['the tag with it', main, [pod(`docker.io/pay/api:2@${A}`)], [A]],
    ['as Docker spells it', main, [pod(`docker-pullable://pay/api@${A}`)], [A]],
    ['as Docker Hub was called', main, [pod(`index.docker.io/pay/api@${A}`)], [A]],
    ['an official image', { ...main, image: 'redis:7' }, [pod(`docker.io/library/redis@${A}`, '', 'redis:7')], [A]],
    ['a pod to which admission added a digest', main, [pod(`pay/api@${A}`, '', `pay/api:2@${A}`)], [A]],
  ])('%s', (_, image, pods, digests) => {
    expect(digestsOf(image, pods)).toEqual({ digests, others: [] });
  });

  it.each([
    ['another repository', [pod(`docker.io/someone/copy@${A}`)], [`docker.io/someone/copy@${A}`]],
    [
      'another registry',
      [pod(`docker-pullable://mirror.example.com/pay/api@${A}`)],
      [`mirror.example.com/pay/api@${A}`],
    ],
    ['a longer path', [pod(`docker.io/x/pay/api@${A}`)], [`docker.io/x/pay/api@${A}`]],
    ['no repository', [pod(`<none>@${A}`)], [`<none>@${A}`]],
    ['another image in a pod that admission rewrote', [pod(`pay/api@${A}`, '', 'pay/api:3')], ['pay/api:3']],
  ])('takes no digest of %s, and says so', (_, pods, others) => {
    expect(digestsOf(main, pods)).toEqual({ digests: [], others });
    expect(digestsOf(main, [...pods, b])).toEqual({ digests: [B], others });
  });
});
