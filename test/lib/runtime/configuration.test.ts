import { describe, expect, it } from 'vitest';
import { configurationFrom } from '../../../lib/runtime/configuration.ts';
import { Failure } from '../../../lib/runtime/failure.ts';

const MINIMAL = {
  schemaVersion: 'aftersync.config/v1',
  environments: { default: 'staging' },
  jet: { url: 'https://jet.test', token: { url: 'https://login.test/token', resource: 'jet' } },
};

function refusalOf(text: string): string {
  try {
    configurationFrom(text, '--config=config.yaml');
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 2) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}
const refusalWith = (over: object) => refusalOf(JSON.stringify({ ...MINIMAL, ...over }));

describe('a configuration', () => {
  it('is taken as documented, with its defaults', () => {
    expect(configurationFrom(JSON.stringify(MINIMAL), 'x').jet.concurrency).toBe(16);
  });

  it.each<[object, string]>([
    [{ alert: {} }, 'Unknown key `alert`: did you mean `alerts`?'],
    [{ alerts: { chanels: [] } }, 'Unknown key `alerts.chanels`: did you mean `alerts.channels`?'],
    [{ alerts: { pager: 'x' } }, 'Unknown key `alerts.pager`: remove it; valid here: workflowsUrl, channels'],
    [
      { alerts: { channels: [{ name: 'a', type: 'slack', sevrity: 'error' }] } },
      'Unknown key `alerts.channels[0].sevrity`: did you mean `alerts.channels[0].severity`?',
    ],
    [{ instances: { eu: { uri: 'x' } } }, 'Unknown key `instances.eu.uri`: did you mean `instances.eu.url`?'],
    [
      { jet: { ...MINIMAL.jet, answers: { outstandig: 'x' } } },
      'Unknown key `jet.answers.outstandig`: did you mean `jet.answers.outstanding`?',
    ],
    [{ archive: { bukket: 'x' } }, 'Unknown key `archive.bukket`: did you mean `archive.bucket`?'],
    [{ evidence: { images: 'some' } }, '`evidence.images`: Invalid option: expected one of "changed"|"all"'],
    [{ environments: {} }, '`environments.default`: Invalid input: expected string, received undefined'],
  ])('names what is wrong by its path: %j', (over, message) => {
    const refusal = refusalWith(over);
    expect(refusal).toMatch(/^Not as documented: --config=config.yaml: .*; docs\/configuration.md lists every key$/);
    expect(refusal).toContain(message);
  });

  it('names three problems and counts the others, and never repeats a value', () => {
    const refusal = refusalWith({ jet: { url: 'hunter2', token: { url: 'hunter2', secret: 'hunter2' } }, a: 1 });
    expect(refusal).toMatch(/`jet.url`: .*, `jet.token.url`: .*, `jet.token.resource`: .* and 2 more;/);
    expect(refusal).not.toContain('hunter2');
  });

  it.each([
    ['nothing', '', '`document`: Invalid input: expected object, received null'],
    ['a list', '[]', '`document`: Invalid input: expected object, received array'],
    ['no YAML', 'a: [', 'Not YAML: --config=config.yaml: '],
  ])('is not %s', (_, text, message) => expect(refusalOf(text)).toContain(message));
});
