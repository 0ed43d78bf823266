import * as z from 'zod';
import { type Format, outputOption, printAs, yamlOf } from '../../lib/output/format.ts';
import { badInput, refused } from '../../lib/runtime/failure.ts';
import { readInput } from '../../lib/runtime/files.ts';
import { oneLine } from '../../lib/runtime/outside-text.ts';
import { parseAs } from '../../lib/runtime/parse.ts';
import { commandLine, runProgram, runWhenInvoked, say } from '../../lib/runtime/program.ts';
import { readYamlDocuments } from '../../lib/runtime/yaml.ts';
import { readEvent } from './event.ts';
import { Sensor } from './manifest.ts';
import type { Resource } from './parameters.ts';
import { type Rendered, renderSensor } from './render.ts';

const HELP = `
Shows what the k8s and argoWorkflow triggers of any Sensor make of an event, without a cluster. What Argo Events does with a
Sensor and is not supported here is refused by name.

Examples:
  npx tsx bin/aftersync.ts render --sensor sensors/argocd-sync.yaml --event test/fixtures/events/webhook-of-a-sync.json
  kubectl get configmap NAME -o jsonpath='{.data.event}' > event.json   # an event that was refused

Exit codes: 0 done; 1 a trigger fails, and what is printed for it goes to the dead letters; 2 bad input.`;

interface Flags {
  sensor: string;
  event: string;
  dependency?: string;
  output?: Format;
}

export const createProgram = () =>
  commandLine('render', 'What a Sensor of Argo Events makes of an event', HELP)
    .requiredOption('--sensor <file>', 'the Sensor, YAML or JSON')
    .requiredOption(
      '--event <file>',
      'data of the event as JSON, {"header", "body"} for a webhook; or {"context", "data"}',
    )
    .option('--dependency <name>', 'which dependency the event is of; needed where the Sensor has several')
    .addOption(outputOption('kind and name of each resource'))
    .action(render);

async function render({ sensor: file, event, dependency, output }: Flags): Promise<void> {
  const sensor = readSensor(await readInput(file, '--sensor'), `--sensor=${file}`);
  const rendered = renderSensor(sensor, readEvent(await readInput(event, '--event'), `--event=${event}`), dependency);
  const items = rendered.map(resourceOf).filter(resource => resource !== null);
  const text = output === undefined ? await asYaml(rendered) : '';
  await printAs(output, {
    text: () => text,
    names: () => items.map(nameOf),
    document: () => ({ apiVersion: 'v1', kind: 'List', items }),
  });
  for (const { trigger, notes } of rendered) for (const note of notes) say(`render: ${trigger}: ${note}`);
  const failed = rendered.filter(made => 'failure' in made);
  if (failed.length > 0)
    throw refused(
      'Event goes to the dead letters',
      failed.map(({ trigger, failure }) => `${trigger}: ${failure}`).join(', '),
      failed.some(({ deadLetter }) => deadLetter === null)
        ? 'a trigger without a dlqTrigger that works loses it'
        : 'send what the parameters name, or give them a value',
    );
}

const OfKind = z.object({ kind: z.string() });

function readSensor(text: string, on: string): Sensor {
  const sensors = readYamlDocuments(text, on, 'name a Sensor').filter(
    document => OfKind.safeParse(document).data?.kind === 'Sensor',
  );
  if (sensors.length !== 1) throw badInput('Not one Sensor', `${on}: ${sensors.length}`, 'name a file with one');
  return parseAs(Sensor, sensors[0], on, 'what is supported is in local/sensor/README.md');
}

const Named = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string().optional(), generateName: z.string().optional() }).default({}),
});

function nameOf(resource: Resource): string {
  const { kind, metadata } = Named.parse(resource);
  return `${kind.toLowerCase()}/${metadata.name ?? metadata.generateName ?? ''}`;
}

const resourceOf = (made: Rendered): Resource | null => ('failure' in made ? made.deadLetter : made.resource);

async function asYaml(rendered: readonly Rendered[]): Promise<string> {
  const documents = rendered.map(async made => {
    const title = `# ${made.trigger}${'failure' in made ? ', dead letter' : ''}`;
    const resource = resourceOf(made);
    return `---\n${oneLine(title)}\n${resource === null ? '' : await yamlOf(resource)}`;
  });
  return (await Promise.all(documents)).join('\n').trimEnd();
}

export const main = (argv: readonly string[]): Promise<number> => runProgram(createProgram(), argv);

void runWhenInvoked(import.meta.url, main);
