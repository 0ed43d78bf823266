import type { Command, Option } from 'commander';
import { code, prose, table } from './markdown.ts';

const START = '<!-- flags -->';
const END = '<!-- /flags -->';

/** Puts the flags of a step between the markers of its README; a text without markers comes back as it is. */
export function withFlags(readme: string, program: Command): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start === -1 || end < start) return readme;
  return `${readme.slice(0, start + START.length)}\n${flagTable(program)}\n${readme.slice(end)}`;
}

export const hasMarkers = (readme: string): boolean => readme.includes(START) && readme.includes(END);

const flagTable = (program: Command): string =>
  table(
    ['Flag', 'Required', 'Description'],
    program.options.map(option => [code(option.flags), option.mandatory ? 'yes' : 'no', describe(option)]),
  );

function describe({ description, argChoices, defaultValue, envVar }: Option): string {
  const facts = [
    argChoices ? `one of ${argChoices.map(code).join(', ')}` : null,
    isNothing(defaultValue) ? null : `default ${code(String(defaultValue))}`,
    envVar ? `or environment variable ${code(envVar)}` : null,
  ].filter(fact => fact !== null);
  return [prose(description), ...facts].join('; ');
}

const isNothing = (value: unknown): boolean => value === undefined || value === false || String(value) === '';
