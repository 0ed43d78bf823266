import { execa } from 'execa';

/** The program that argo-events.go is built into: it applies parameters with the code of Argo Events. */
export const PROGRAM = process.env.AFTERSYNC_ARGO_EVENTS_PARAMETERS ?? '';

/** The resource that Argo Events makes of an event, or the reason why it hands it to the dead letters. */
export async function applyParameters(given: {
  event: unknown;
  parameters: unknown;
  resource: unknown;
}): Promise<{ resource: unknown } | { refusal: string }> {
  const { exitCode, stdout, stderr } = await execa(PROGRAM, { input: JSON.stringify(given), reject: false });
  if (exitCode === 1) return { refusal: stderr };
  if (exitCode !== 0) throw new Error(stderr);
  return { resource: JSON.parse(stdout) };
}
