import type { ImageDiff, Workload } from '../../lib/contracts/image-diff.ts';

/** One container's image as a manifest, a diff or a sync result names it. */
export interface ContainerImage {
  /** null where the source does not say. */
  container: string | null;
  containerType: Workload['containerType'];
  image: string;
  /** Only where the live workload does not run the image although it was deployed to it: what it runs in its place. */
  runsInstead?: string[];
}

/** The images of one object. Every strategy speaks of what it saw in this form. */
export interface WorkloadImages {
  group: string;
  kind: string;
  namespace: string;
  name: string;
  hookType: string | null;
  images: ContainerImage[];
}

/** What a strategy found: what runs now, and what ran before where it can tell. */
export interface Observation {
  current: WorkloadImages[];
  /** null: this strategy cannot tell. */
  previous: WorkloadImages[] | null;
  notLookedAt: ImageDiff['notLookedAt'];
}
