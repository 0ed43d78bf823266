import * as z from 'zod';
import { ArchiveSettings, RetentionSettings } from './archive-settings.ts';
import { Strategy } from './image-diff.ts';
import { HttpUrl, NamespaceName, ObjectName } from './primitives.ts';

const seconds = (value: number) => z.number().positive().max(3600).default(value);

const Environments = z
  .strictObject({
    default: z.string().min(1).describe('Environment of every Application that no rule names.'),
    production: z
      .array(z.string().min(1))
      .default([])
      .describe('Environments that are production: there a release event is owed.'),
    rules: z
      .array(
        z.strictObject({
          instance: z.string().default('*').describe('Glob over the name of the Argo CD.'),
          project: z.string().default('*').describe('Glob over the AppProject.'),
          application: z.string().default('*').describe('Glob over <namespace>/<name>.'),
          environment: z.string().min(1).describe('Environment of the Applications that match.'),
        }),
      )
      .default([])
      .describe('The first rule that matches decides.'),
  })
  .describe('Which target environment an Application is deployed to.');

const Instance = z
  .strictObject({
    url: HttpUrl.optional().describe('Page of this Argo CD, for links and for sourceUri.'),
    apiUrl: HttpUrl.optional().describe('Its API, for the argocd-diff and manifests strategies.'),
  })
  .describe('One Argo CD.');

const CustomResource = z
  .strictObject({
    group: z.string().min(1).describe('API group, a glob.'),
    kind: z.string().min(1).describe('Kind, a glob.'),
    imagePaths: z
      .array(z.string().regex(/^[^\s.]/, 'not a path such as spec.image'))
      .max(100)
      .describe(
        'Fields that name an image, from the root: `[]` is any item of a list, `*` any run of characters. A field holds a text, or an object of registry, repository, tag and digest. Empty: the kind holds no image.',
      ),
  })
  .describe('Where custom resources of a kind name images, beside pod templates.');

const Evidence = z.strictObject({
  images: z.enum(['changed', 'all']).default('changed').describe('Whether an image that ran before is recorded again.'),
  strategy: Strategy.default('sync-result').describe('How the deployed images are found.'),
  settleTimeoutSeconds: z
    .number()
    .nonnegative()
    .max(3600)
    .default(60)
    .describe('How long to wait for the workloads before pod digests are read, in seconds.'),
  customResources: z
    .array(CustomResource)
    .max(1000)
    .default([])
    .describe(
      'Images of custom resources, before what is known of well-known operators. The first entry that matches counts.',
    ),
  helmParameters: z
    .array(z.string())
    .default([])
    .describe('Names of Helm parameters that may be copied into the record.'),
  automatedInitiator: z
    .string()
    .min(1)
    .default('argocd-automated-sync')
    .describe('Initiator of an automated sync, which has no user.'),
  unknownInitiator: z.string().min(1).default('unknown').describe('Initiator where Argo CD recorded nobody.'),
});

const Artifactory = z.strictObject({
  url: HttpUrl.optional().describe(
    'REST base such as https://artifactory.example.com/artifactory. Without it: the host of the matching regcred entry.',
  ),
  repositories: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Registry host[:port] that this Artifactory serves, to repository key: where the host is not its own, or the key cannot be derived (port per repository). Credentials for the host may go to artifactory.url.',
    ),
  batchSize: z
    .number()
    .int()
    .min(1)
    .max(70)
    .default(50)
    .describe('Digests in one AQL query; the text is kept below 6000 characters.'),
  concurrency: z
    .number()
    .int()
    .min(1)
    .max(3)
    .default(2)
    .describe('Requests at a time; Artifactory runs three searches at once.'),
  timeoutSeconds: seconds(10).describe('Time for one request, in seconds.'),
  budgetSeconds: seconds(30).describe('Time for all requests with their retries, in seconds; then the step exits 75.'),
  propertyAliases: z
    .record(z.string(), z.array(z.string().min(1)))
    .default({})
    .describe('Further property names for a metadata field, compared without case: {"jetId": ["jet.id"]}.'),
  thirdParty: z
    .array(z.string().min(1))
    .default([])
    .describe('Globs over <registry>/<repository> of images that are not ours, such as docker.io/istio/*.'),
});

/** What exists, or is used or locked already, may be something else than the record; so is one that is said not to be there. */
const ALREADY_RECORDED = String.raw`(?=already[ _-]?(?:been )?recorded)(?<!(?:\b(?:no|not|none|nothing|never|cannot)\b|n't )[^.,;"]*)`;

const Jet = z
  .strictObject({
    url: HttpUrl.describe('Proxy in front of the JET Evidence Store.'),
    token: z
      .strictObject({
        url: HttpUrl.describe('OAuth2 token endpoint.'),
        resource: z.string().min(1).describe('Resource id of the proxy.'),
        resourceParameter: z
          .enum(['resource', 'audience'])
          .default('resource')
          .describe('Name under which the resource id is sent.'),
        scope: z.string().optional().describe('Scope to ask for, where the token endpoint needs one.'),
        clientAuthentication: z
          .enum(['post', 'basic'])
          .default('post')
          .describe('Where client id and secret stand: form body or Basic header.'),
      })
      .describe(
        'Client credentials come from AFTERSYNC_JET_CLIENT_ID and AFTERSYNC_JET_CLIENT_SECRET, or files named by …_FILE.',
      ),
    deployTool: z.string().min(1).default('ArgoCD').describe('deployTool of every record.'),
    eventSubType: z.string().min(1).default('EKS').describe('eventSubType of every record.'),
    releaseComment: z.string().default('').describe('Comment of the release event.'),
    concurrency: z.number().int().min(1).max(64).default(16).describe('Requests at a time.'),
    timeoutSeconds: seconds(10).describe('Time for one request, in seconds; must be shorter than leaseSeconds.'),
    budgetSeconds: seconds(30).describe(
      'Time for all requests with their retries, in seconds; then the step exits 75.',
    ),
    leaseSeconds: seconds(20).describe(
      'How long a run owns a record that it is sending, in seconds; after that another run takes over.',
    ),
    idempotency: z
      .strictObject({
        honoured: z
          .boolean()
          .default(true)
          .describe('Whether the store answers a repeated key without recording twice.'),
        quoted: z.boolean().default(true).describe('Send the key as a structured-field string, in quotes.'),
      })
      .prefault({})
      .describe('How the Idempotency-Key is sent, and whether the store honours it.'),
    answers: z
      .strictObject({
        outstanding: z
          .string()
          .default('outstanding|in progress|being processed')
          .describe('Regular expression over the text of a 409: still at work, ask again with the same key.'),
        alreadyRecorded: z
          .string()
          .default(ALREADY_RECORDED)
          .describe(
            'Regular expression over the text of a 409: recorded before, which is success. Name the words of the store: what "exists" may be something else.',
          ),
        recorded: z
          .array(z.number().int().min(200).max(299))
          .min(1)
          .default([200, 201, 202])
          .describe('Statuses that say that a record is kept, with a JSON object; after any other 2xx it is in doubt.'),
        empty: z.boolean().default(false).describe('Whether an answer without a body says so too.'),
        rejected: z
          .array(z.number().int().min(400).max(499))
          .default([400, 422])
          .describe(
            'Statuses that refuse one record for what is in it. Any other 4xx stops the run: the record stays owed.',
          ),
      })
      .prefault({})
      .describe('What answers mean. Of a 409, outstanding is looked for first; what matches neither is a rejection.'),
  })
  .refine(({ timeoutSeconds, leaseSeconds }) => timeoutSeconds < leaseSeconds, {
    path: ['timeoutSeconds'],
    error: 'must be shorter than leaseSeconds',
  });

const paths = (what: string, ...defaults: string[]) =>
  z
    .array(z.string().min(1))
    .min(1)
    .default(defaults)
    .describe(`Field paths of ${what}, dots between names; the first that holds a value counts.`);

const ChangeWindow = z.strictObject({
  apiVersion: z.string().default('changemgmt.example.com/v1').describe('Group and version of the resource.'),
  kind: z.string().default('ChangeWindow').describe('Kind of the resource.'),
  changeRequest: paths(
    'the change request',
    'spec.snowId',
    'spec.changeRequest',
    'spec.changeRequestId',
    'spec.chgNumber',
    'spec.number',
  ),
  start: paths('the start', 'spec.startTime', 'spec.start'),
  end: paths('the end', 'spec.endTime', 'spec.end'),
  applications: paths(
    'the list of applications (globs; without it the window is for all)',
    'spec.applications',
    'spec.impactedApps',
  ),
  active: z
    .array(z.string().min(1))
    .min(1)
    .default([
      'status.active',
      'status.state',
      'status.phase',
      'status.requestPhase',
      'spec.active',
      'spec.state',
      'spec.status',
    ])
    .describe(
      'Field paths of its state, dots between names; a window counts where each that holds a value says active.',
    ),
  activeWhen: z
    .array(z.string().min(1))
    .min(1)
    .default(['true', 'yes', 'active', 'open', 'approved', 'scheduled', 'implement', 'implementing', 'in progress'])
    .describe(
      'Words that say active, however they are written (In_Progress, in progress). Every other word says that the window does not count.',
    ),
  changeRequestPattern: z
    .string()
    .default('^CHG\\d{7,}$')
    .describe('Regular expression that a change request must match.'),
  changeRequestUrl: HttpUrl.refine(url => url.includes('{number}'), 'has no {number}')
    .optional()
    .describe(
      'Page of a change request, for links, such as https://example.service-now.com/change_request.do?sysparm_query=number={number}.',
    ),
  skewSeconds: z
    .number()
    .nonnegative()
    .max(3600)
    .default(300)
    .describe('Tolerance before the start and after the end, in seconds.'),
});

/** Which keys a type of channel has beside name and type, and which it must have. */
const CHANNELS = {
  alertmanager: { must: ['url'], may: ['severity', 'labels'] },
  pagerduty: { must: [], may: ['url', 'severity'] },
  servicenow: { must: ['url'], may: ['fields', 'resolvedState', 'closeCode'] },
  slack: { must: [], may: [] },
  webhook: { must: [], may: ['url'] },
} as const satisfies Record<string, { must: readonly string[]; may: readonly string[] }>;
const channelTypes = ['alertmanager', 'pagerduty', 'servicenow', 'slack', 'webhook'] as const;

const Channel = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'not a channel name (a-z, 0-9 and dashes)')
      .describe('Name of the channel, and of its keys in the Secret aftersync-alerts: <name> and <name>.url.'),
    type: z.enum(channelTypes).describe('What receives it.'),
    url: HttpUrl.optional().describe(
      'alertmanager and servicenow: its base URL. pagerduty: its Events API, by default https://events.pagerduty.com. webhook: where it is posted. A URL that is secret itself, as every one of slack, is the key <name>.url.',
    ),
    severity: z
      .enum(['critical', 'error', 'warning', 'info'])
      .optional()
      .describe('alertmanager, pagerduty: severity that it is told; error by default.'),
    labels: z
      .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'not a label name'), z.string().min(1))
      .optional()
      .describe('alertmanager: further labels, for its routes.'),
    fields: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'not a field of a table'), z.string())
      .optional()
      .describe('servicenow: further fields of a new incident, such as urgency, impact and assignment_group.'),
    resolvedState: z.string().optional().describe('servicenow: `state` of a resolved incident; 6 by default.'),
    closeCode: z
      .string()
      .optional()
      .describe('servicenow: `close_code` of a resolved incident; `Solution provided` by default.'),
  })
  .superRefine(({ name: _, type, ...keys }, context) => {
    const { must, may }: { must: readonly string[]; may: readonly string[] } = CHANNELS[type];
    for (const key of must)
      if (!Object.hasOwn(keys, key)) context.addIssue({ code: 'custom', path: [key], message: `${type} needs it` });
    for (const key of Object.keys(keys))
      if (![...must, ...may].includes(key))
        context.addIssue({ code: 'custom', path: [key], message: `${type} has no such key` });
  });
export type Channel = z.infer<typeof Channel>;

const Alerts = z
  .strictObject({
    workflowsUrl: HttpUrl.optional().describe('Page of Argo Workflows, for links.'),
    channels: z
      .array(Channel)
      .refine(channels => new Set(channels.map(({ name }) => name)).size === channels.length, 'two have one name')
      .default([])
      .describe('Who is told; without any, `kubectl get deploymentalerts` shows what is missing.'),
  })
  .describe('Who is told when something is missing. Tokens are in the Secret aftersync-alerts.');

const Ignore = z.strictObject({
  allowed: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Globs over <namespace>/<name>: only these are left out where they have the annotation aftersync.dev/ignore. reconcile counts them, and one in production has an alert.',
    ),
});

const Reconcile = z.strictObject({
  since: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/, 'not a date, such as 2026-11-01 or 2026-11-01T08:00:00Z')
    .optional()
    .describe(
      'Date or time (UTC) from which on operations are recorded. Set it to the day of the installation, so that the history of before is left alone.',
    ),
  maxAgeDays: z
    .number()
    .positive()
    .max(3650)
    .default(30)
    .describe(
      'Operations that are older are left alone, also those whose record is incomplete; at most archive.afterDays.',
    ),
  maxStarts: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(50)
    .describe('Workflows that one run starts at most; the rest follows in the next.'),
  graceSeconds: z
    .number()
    .nonnegative()
    .max(86_400)
    .default(120)
    .describe('How long an operation that has just finished is left to its notification, in seconds.'),
  instance: ObjectName.default('default').describe(
    'Name of the Argo CD whose Applications are read, as its notifications say.',
  ),
  applicationNamespaces: z
    .array(NamespaceName)
    .default([])
    .describe(
      'Namespaces whose Applications are read beside those of the namespace of the records. Each needs a RoleBinding.',
    ),
  alertRetentionDays: z
    .number()
    .positive()
    .max(3650)
    .default(14)
    .describe('How long a resolved DeploymentAlert is kept.'),
});

/** The one configuration document: the ConfigMap aftersync-config in the cluster, a YAML file elsewhere. Secrets are not in it. */
export const Configuration = z
  .strictObject({
    schemaVersion: z.literal('aftersync.config/v1').describe('Contract and version of this document.'),
    environments: Environments,
    instances: z
      .record(ObjectName, Instance)
      .default({ default: {} })
      .describe('Argo CDs by name; `default` is the one in this cluster.'),
    sourceUri: z
      .string()
      .min(1)
      .optional()
      .describe('Base of sourceUri; without it the URL of the instance. The path of the Application is added.'),
    evidence: Evidence.prefault({}).describe('Which images are recorded, and how they are found.'),
    artifactory: Artifactory.prefault({}).describe('Where the metadata of images is looked up.'),
    jet: Jet.describe('Where evidence and release events are sent.'),
    changeWindow: ChangeWindow.prefault({}).describe('How a ChangeWindow resource is read.'),
    reconcile: Reconcile.prefault({}).describe('Which operations are looked for, and how many are started at a time.'),
    ignore: Ignore.prefault({}).describe('Which Applications may leave themselves out.'),
    alerts: Alerts.prefault({}).describe('Who is told when something is missing.'),
    archive: ArchiveSettings.optional(),
    retention: RetentionSettings.optional(),
  })
  .describe('The one configuration document of all steps. Secrets are not in it.');
export type Configuration = z.infer<typeof Configuration>;
