import { cannotTell, doubtful, fine, type Judgement, wrong } from '../finding.ts';

/** A Deployment of the cluster, as far as it tells a version. */
export interface RunningImage {
  namespace: string;
  deployment: string;
  image: string;
  /** Its label app.kubernetes.io/version, which Helm charts write. */
  label: string | null;
  /** Pods that are ready. */
  ready: number;
  /** Its service account. */
  account: string;
}

/** What a product is known by, and which of its versions we know. */
interface Product {
  name: string;
  /** Last part of the image's repository. */
  image: string;
  /** The oldest that is supported, and the newest that was tried: major and minor. */
  from: readonly [number, number];
  tried: readonly [number, number];
}

export const PRODUCTS: readonly Product[] = [
  { name: 'Argo CD', image: 'argocd', from: [2, 11], tried: [3, 5] },
  { name: 'Argo Workflows', image: 'workflow-controller', from: [3, 7], tried: [4, 1] },
  { name: 'Argo Events', image: 'argo-events', from: [1, 9], tried: [1, 9] },
];

/** From here on Argo CD lists the images of what it synced. */
const LISTS_IMAGES = [3, 1] as const;

/** @param images null where Deployments may not be listed; @param strategy evidence.strategy, null where it is not known */
export function judgeVersions(images: readonly RunningImage[] | null, strategy: string | null): Judgement[] {
  if (images === null)
    return [cannotTell('Deployments may not be listed', 'run it with the right to list deployments in all namespaces')];
  return PRODUCTS.flatMap(product => judgeProduct(product, images, strategy));
}

function judgeProduct({ name, image, from, tried }: Product, images: readonly RunningImage[], strategy: string | null) {
  const running = images.filter(one => repositoryOf(one.image).split('/').at(-1) === image);
  if (running.length === 0)
    return [cannotTell(`${name} was not found by its image`, `look whether it runs; ${supported(from)} is supported`)];
  const versions = [...new Set(running.map(one => versionOf(one) ?? 'unknown'))].sort();
  return versions.map(version => {
    const where = running.find(one => (versionOf(one) ?? 'unknown') === version);
    const on = `${name} ${version} (${where?.namespace}/${where?.deployment})`;
    const [major, minor] = numbersOf(version);
    if (major === undefined || minor === undefined)
      return doubtful(`${on}: its image has no version`, `see that it is ${supported(from)}`);
    const at = [major, minor] as const;
    if (isOlder(at, from)) return wrong(`${on} is too old`, `upgrade to ${supported(from)}`);
    if (image === 'argocd' && strategy === 'sync-result' && isOlder(at, LISTS_IMAGES))
      return wrong(
        `${on} does not list the images that it synced`,
        'set evidence.strategy to manifests, or upgrade to 3.1 or later',
      );
    if (isOlder(tried, at)) return doubtful(`${on} is newer than what was tried`, `${tried.join('.')} was`);
    return fine(on);
  });
}

const supported = (from: readonly [number, number]) => `${from.join('.')} or later`;
const isOlder = (a: readonly [number, number], b: readonly [number, number]) =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

const versionOf = ({ image, label }: RunningImage): string | null => {
  const tag = /:([^/@:]+)(?:@|$)/.exec(image)?.[1];
  return [tag, label].find(text => text && numbersOf(text).length === 2)?.replace(/^v/, '') ?? null;
};
const numbersOf = (text: string): number[] => (/^v?(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
const repositoryOf = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
