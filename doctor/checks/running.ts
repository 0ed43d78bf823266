import type { PodCount } from '../cluster.ts';
import { cannotTell, fine, type Judgement, wrong } from '../finding.ts';
import type { RunningImage } from './versions.ts';

/** A controller of somebody else without which no sync is recorded. */
interface Controller {
  name: string;
  is: (image: RunningImage) => boolean;
  /** What stands still without it. */
  without: string;
}

const hasImage = (name: string) => (one: RunningImage) => new RegExp(`(^|/)${name}([:@]|$)`).test(one.image);

const CONTROLLERS: readonly Controller[] = [
  {
    name: 'notifications controller of Argo CD',
    is: ({ deployment }) => deployment.endsWith('notifications-controller'),
    without: 'it sends each event',
  },
  { name: 'controller of Argo Workflows', is: hasImage('workflow-controller'), without: 'it runs each Workflow' },
  {
    name: 'controller of Argo Events',
    is: hasImage('argo-events'),
    without: 'it keeps EventSource and Sensor running',
  },
];

/** One line for each controller that has no pod. @param images null where Deployments may not be listed: versions says so */
export function judgeControllers(images: readonly RunningImage[] | null): Judgement[] {
  return CONTROLLERS.flatMap(({ name, is, without }) => {
    const found = (images ?? []).filter(is);
    if (found.length === 0 || found.some(({ ready }) => ready > 0)) return [];
    const names = found.map(({ namespace, deployment }) => `${namespace}/${deployment}`).join(', ');
    const [{ namespace, deployment } = { namespace: '', deployment: '' }] = found;
    return [
      wrong(
        `no pod of ${names}, the ${name}, is ready`,
        `kubectl -n ${namespace} scale deployment ${deployment} --replicas=1, or see why it does not start: ${without}`,
      ),
    ];
  });
}

/** Whether what Argo Events deployed has a pod that works. @param label its pods have */
export function judgePods(name: string, namespace: string, label: string, pods: PodCount | null): Judgement {
  if (pods === null) return cannotTell(`whether ${name} has a pod`, 'run it with the right to list pods');
  if (pods.ready > 0) return fine(`${name} is deployed, ${pods.ready} of ${pods.all} pods ready`);
  return wrong(
    `${name} has no pod that is ready, of ${pods.all}`,
    `kubectl -n ${namespace} get pods -l ${label} says why; kubectl -n ${namespace} get deployments,statefulsets -l ${label} whether it was scaled to 0`,
  );
}
