import { execa } from 'execa';

/** The program that argo-events.go is built into: it applies parameters with the code of Argo Events. */
export const PROGRAM = process.env.AFTERSYNC_ARGO_EVENTS_PARAMETERS ?? '';

/**
 * The resource that Argo Events makes of an event, or the reason why it hands it to the dead letters.
 * @param given the event as a value, or as text where it must arrive as it is written
 */
export async function applyParameters(given: {
  event: unknown;
  parameters: unknown;
  resource: unknown;
}): Promise<{ resource: unknown } | { refusal: string }> {
  const event = typeof given.event === 'string' ? given.event : JSON.stringify(given.event);
  const { parameters, resource } = given;
  const input = `{"event": ${event}, "parameters": ${JSON.stringify(parameters)}, "resource": ${JSON.stringify(resource)}}`;
  const { exitCode, stdout, stderr } = await execa(PROGRAM, { input, reject: false });
  if (exitCode === 1) return { refusal: stderr };
  if (exitCode !== 0) throw new Error(stderr);
  return { resource: JSON.parse(stdout) };
}
