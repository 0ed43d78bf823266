import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROGRAMS } from '../../bin/programs.ts';

const steps = readdirSync('steps');

describe('the programs of the image', () => {
  it.each(steps)('have the step %s, which is a program of that name', async name => {
    expect(existsSync(`steps/${name}/cli.ts`)).toBe(true);
    const program = (await PROGRAMS[name]?.load())?.createProgram();
    expect(program?.name()).toBe(name);
  });

  it('are those that a template runs, and each template of a step has the name of its folder', () => {
    const templates = readdirSync('workflow-templates', { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
      .map(file => file.replace(/^.*\/|\.yaml$/g, ''))
      .filter(name => !name.startsWith('post-deployment'));
    expect(templates.filter(name => PROGRAMS[name] === undefined)).toEqual([]);
    // Two run in the pod of conclude.
    expect(steps.filter(name => !templates.includes(name)).sort()).toEqual(['alert', 'report']);
  });
});
