import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const { customManagers } = z
  .object({
    customManagers: z.array(
      z.object({
        managerFilePatterns: z.array(z.string()),
        matchStrings: z.array(z.string()),
        depNameTemplate: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('renovate.json', 'utf8')));

/** What Renovate's manager of expressions finds in a file: package and version. */
const foundIn = (path: string): string[] =>
  customManagers
    .filter(({ managerFilePatterns }) => managerFilePatterns.some(text => new RegExp(text.slice(1, -1)).test(path)))
    .flatMap(({ matchStrings, depNameTemplate }) =>
      matchStrings.flatMap(text =>
        [...readFileSync(path, 'utf8').matchAll(new RegExp(text, 'g'))].map(
          ({ groups }) => `${depNameTemplate} ${groups?.currentValue}`,
        ),
      ),
    )
    .sort();

describe('renovate.json', () => {
  // Its own validator (renovate-config-validator) is half a gigabyte; what it cannot know is whether an expression finds anything.
  it.each(['README.md', '.ci/run'])('finds every version of Argo that %s names', path => {
    const named = [...readFileSync(path, 'utf8').matchAll(/argo[^\n|]*?(\d+\.\d+\.\d+)/gi)].map(
      ([, version]) => version,
    );
    expect(named.length).toBeGreaterThan(1);
    expect(foundIn(path).map(text => text.split(' ')[1])).toEqual(expect.arrayContaining(named));
    expect(foundIn(path)).toHaveLength(named.length);
  });

  it('finds the same versions in both', () => {
    expect(foundIn('README.md')).toEqual(expect.arrayContaining(foundIn('.ci/run')));
  });
});
