import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { Configuration } from '../contracts/configuration.ts';
import { readConfiguration } from '../runtime/configuration.ts';
import { Failure } from '../runtime/failure.ts';
import { readInput } from '../runtime/files.ts';

export interface AlertSettings {
  alerts: Configuration['alerts'];
  /** The whole; why it cannot be read where it cannot. */
  configuration: Configuration | Failure;
}

const { alerts: Alerts } = Configuration.shape;
const Section = z.object({ alerts: z.unknown() });
const Parts = z.object({ workflowsUrl: z.unknown(), channels: z.array(z.unknown()).catch([]) });

/**
 * The section `alerts` of the configuration. A configuration that cannot be read is a reason to alert, so what can be read of
 * this section is, whatever is wrong with the rest: each channel by itself.
 * @param path of --config
 */
export async function readAlertSettings(path: string | undefined): Promise<AlertSettings> {
  try {
    const configuration = await readConfiguration(path);
    return { alerts: configuration.alerts, configuration };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { alerts: await sectionOf(path), configuration: error };
  }
}

async function sectionOf(path: string | undefined): Promise<Configuration['alerts']> {
  const section = Section.safeParse(await documentAt(path)).data?.alerts;
  const whole = Alerts.safeParse(section);
  if (whole.success) return whole.data;
  const parts = Parts.safeParse(section).data;
  const read = (part: object) => Alerts.safeParse(part).data;
  const workflowsUrl = read({ workflowsUrl: parts?.workflowsUrl })?.workflowsUrl;
  const channels = (parts?.channels ?? []).flatMap(channel => read({ channels: [channel] })?.channels ?? []);
  const once = channels.filter(({ name }, index) => channels.findIndex(other => other.name === name) === index);
  return { ...(workflowsUrl !== undefined && { workflowsUrl }), channels: once };
}

/** @returns null where there is none that could be read */
async function documentAt(path: string | undefined): Promise<unknown> {
  if (path === undefined) return null;
  try {
    return parseYaml(await readInput(path, '--config'));
  } catch {
    return null;
  }
}
