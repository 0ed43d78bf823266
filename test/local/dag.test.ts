import { describe, expect, it } from 'vitest';
import { runDag } from '../../local/dag.ts';
import type { Phase } from '../../local/depends.ts';
import { Template } from '../../local/manifests.ts';

const dagOf = (tasks: Record<string, string | null>) => {
  const template = Template.parse({
    name: 'main',
    dag: {
      failFast: false,
      tasks: Object.entries(tasks).map(([name, depends]) => ({ name, template: name, ...(depends && { depends }) })),
    },
  });
  if (template.dag === undefined) throw new Error('no dag');
  return template.dag;
};

async function run(tasks: Record<string, string | null>, phases: Record<string, Phase>) {
  const order: string[] = [];
  const result = await runDag(dagOf(tasks), async ({ name }) => {
    order.push(name);
    return { phase: phases[name] ?? 'Succeeded', message: '', exitCode: 0, outputs: {} };
  });
  return { phase: result.phase, order, ended: Object.fromEntries([...result.nodes].map(([k, v]) => [k, v.phase])) };
}

const PIPELINE = {
  fetch: null,
  lookup: 'fetch.Succeeded',
  submit: 'lookup.Succeeded || lookup.Failed',
  release: 'submit.Succeeded',
};

describe('runDag', () => {
  it('runs each task after what it depends on', async () => {
    const { order, phase } = await run({ c: 'a && b', b: 'a', a: null }, {});
    expect(order).toEqual(['a', 'b', 'c']);
    expect(phase).toBe('Succeeded');
  });

  it('goes on after a failure that a later task deals with, and leaves out what needs success', async () => {
    const result = await run(PIPELINE, { lookup: 'Failed', submit: 'Failed' });
    expect(result.ended).toEqual({ fetch: 'Succeeded', lookup: 'Failed', submit: 'Failed', release: 'Omitted' });
    expect(result.phase).toBe('Failed');
  });

  it.each<[string, Record<string, Phase>, string]>([
    ['a failure that the last task dealt with', { lookup: 'Failed' }, 'Succeeded'],
    ['a first task that failed', { fetch: 'Failed' }, 'Failed'],
    ['a first task that errored', { fetch: 'Error' }, 'Error'],
    ['a last task that failed', { release: 'Failed' }, 'Failed'],
  ])('ends as Argo Workflows would with %s', async (_, phases, expected) => {
    expect((await run(PIPELINE, phases)).phase).toBe(expected);
  });

  it('counts every leaf', async () => {
    expect((await run({ a: null, b: null, c: 'a' }, { b: 'Failed' })).phase).toBe('Failed');
  });

  it('runs a task once though several wait for it', async () => {
    expect((await run({ a: null, b: 'a', c: 'a', d: 'b && c' }, {})).order.filter(name => name === 'a')).toHaveLength(
      1,
    );
  });
});
