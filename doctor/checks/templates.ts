import * as z from 'zod';
import type { Configuration } from '../../lib/contracts/configuration.ts';
import type { PodCount, Seen } from '../cluster.ts';
import { cannotTell, doubtful, fine, type Judgement, wrong } from '../finding.ts';
import { judgePods } from './running.ts';

/** An object of the pipeline by the name that a person knows it by, such as `Sensor argocd-sync`. */
export interface SeenPart {
  name: string;
  seen: Seen;
}

/** What every Workflow is made of, and what the compact one has beside it. */
export const TEMPLATES = [
  'post-deployment',
  'fetch-app',
  'diff-images',
  'jfrog-lookup',
  'submit-evidence',
  'submit-release',
  'conclude',
  'reconcile',
  'doctor',
];
export const COMPACT_TEMPLATES = ['post-deployment-compact', 'pipeline'];

const Conditioned = z.object({
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
        .default([]),
    })
    .default({ conditions: [] }),
});
const Suspended = z.object({ spec: z.object({ suspend: z.boolean().default(false) }) });
const Sensor = z.object({
  spec: z.object({
    triggers: z.array(
      z.object({
        template: z.object({
          k8s: z
            .object({
              source: z.object({
                resource: z.object({
                  spec: z.object({ workflowTemplateRef: z.object({ name: z.string() }) }).optional(),
                }),
              }),
            })
            .optional(),
        }),
      }),
    ),
  }),
});
const APPLY = 'apply the overlay again: kubectl apply -k deploy/…';

/** The ClusterWorkflowTemplates that must be there for what the Sensor starts. */
export function templatesOf(sensor: Seen): string[] {
  const object = sensor.state === 'found' ? Sensor.safeParse(sensor.object).data : undefined;
  const started = (object?.spec.triggers ?? []).flatMap(
    ({ template }) => template.k8s?.source.resource.spec?.workflowTemplateRef.name ?? [],
  );
  return [
    ...new Set([...TEMPLATES, ...started, ...(started.includes('post-deployment-compact') ? COMPACT_TEMPLATES : [])]),
  ];
}

/** Of Argo Events: deployed is not yet running. */
export interface EventPart extends SeenPart {
  /** That its pods have. */
  label: string;
  /** null where they may not be listed. */
  pods: PodCount | null;
}

/** EventBus, EventSource and Sensor: there, deployed by Argo Events, and with a pod that is ready. */
export function judgeEventParts(parts: readonly EventPart[], namespace: string): Judgement[] {
  return parts.map(({ name, seen, label, pods }) => {
    if (seen.state !== 'found') return missing(name, seen);
    const conditions = Conditioned.parse(seen.object).status.conditions;
    if (conditions.length === 0) return wrong(`${name} has no status`, 'see whether Argo Events runs');
    const bad = conditions.find(({ status }) => status !== 'True');
    if (bad === undefined) return judgePods(name, namespace, label, pods);
    return wrong(`${name} is not ${bad.type}: ${bad.message || bad.status}`, `kubectl describe it, and its pods`);
  });
}

/** One line for all templates that are there. */
export function judgeTemplates(parts: readonly SeenPart[]): Judgement[] {
  const bad = parts.filter(({ seen }) => seen.state !== 'found').map(({ name, seen }) => missing(name, seen));
  return bad.length > 0 ? bad : [fine(`all ${parts.length} ClusterWorkflowTemplates are there`)];
}

const Template = z.object({
  spec: z.object({ templates: z.array(z.object({ container: z.object({ image: z.string() }).optional() })) }),
});

/** In production a tag is not enough: whoever may move it chooses what runs with our identities. */
export function judgeImages(parts: readonly SeenPart[], configuration: Configuration | null): Judgement[] {
  if ((configuration?.environments.production ?? []).length === 0) return [];
  const images = parts.flatMap(({ seen }) => {
    const object = seen.state === 'found' ? Template.safeParse(seen.object).data : undefined;
    return (object?.spec.templates ?? []).flatMap(({ container }) => container?.image ?? []);
  });
  const tagged = [...new Set(images)].filter(image => !image.includes('@sha256:'));
  return tagged.map(image =>
    doubtful(
      `${image} is named by a tag, which can be moved`,
      'set `digest` in `images:` of the overlay: the push prints it',
    ),
  );
}

/** The CronWorkflow that finds what no notification told of. */
export function judgeSchedule({ name, seen }: SeenPart): Judgement {
  if (seen.state !== 'found') return missing(name, seen);
  const resume = 'argo cron resume reconcile: what no notification tells of is not found meanwhile';
  return Suspended.parse(seen.object).spec.suspend
    ? doubtful(`${name} is suspended`, resume)
    : fine(`${name} is scheduled`);
}

const missing = (name: string, seen: Seen): Judgement =>
  seen.state === 'hidden'
    ? cannotTell(`${name} may not be read`, 'run it with the right to get it')
    : wrong(`${name} is not there`, APPLY);
