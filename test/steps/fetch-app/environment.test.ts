import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../lib/contracts/configuration.ts';
import { checkInstance, toEnvironment } from '../../../steps/fetch-app/environment.ts';
import { config } from './fixture.ts';

const place = { instance: 'default', project: 'shop', namespace: 'argocd', name: 'web' };
const configured = (change: object) => Configuration.parse({ ...config, ...change });
const rules = (...list: object[]) =>
  configured({ environments: { default: 'staging', production: ['production', 'dr'], rules: list } });
const production = { environment: 'production' };

describe('toEnvironment', () => {
  it.each<[string, Configuration, string, boolean]>([
    ['the default', rules(), 'staging', false],
    ['a rule for everything', rules(production), 'production', true],
    ['a rule by instance', rules({ instance: 'def*', ...production }), 'production', true],
    ['a rule of another instance', rules({ instance: 'eu-*', ...production }), 'staging', false],
    ['a rule by project', rules({ project: 'shop', ...production }), 'production', true],
    ['a rule of another project', rules({ project: 'shop-*', ...production }), 'staging', false],
    ['a rule by application', rules({ application: 'argocd/w*', ...production }), 'production', true],
    ['a rule by name without namespace', rules({ application: 'web', ...production }), 'staging', false],
    [
      'a rule of which one part does not match',
      rules({ project: 'shop', application: 'apps/*', ...production }),
      'staging',
      false,
    ],
    ['the first of two rules', rules({ project: 'shop', environment: 'dr' }, production), 'dr', true],
  ])('%s', (_, configuration, targetEnvironment, isProduction) => {
    expect(toEnvironment(configuration, place, {})).toMatchObject({ targetEnvironment, production: isProduction });
  });

  it.each<[string, object, string, string | null]>([
    [
      'the instance',
      {},
      'https://argocd.example.com/applications/argocd/web',
      'https://argocd.example.com/applications/argocd/web',
    ],
    [
      'its own base',
      { sourceUri: 'urn:aftersync//' },
      'urn:aftersync/applications/argocd/web',
      'https://argocd.example.com/applications/argocd/web',
    ],
    [
      'its own base, no page',
      { sourceUri: 'https://x.example.com', instances: { default: {} } },
      'https://x.example.com/applications/argocd/web',
      null,
    ],
  ])('takes sourceUri from %s', (_, change, sourceUri, url) => {
    expect(toEnvironment(configured(change), place, { sourceUri, targetEnvironment: 'staging' })).toMatchObject({
      sourceUri,
      url,
    });
  });

  it.each<[string, object, object, RegExp]>([
    [
      'nothing names the uploading system',
      { instances: { default: {} } },
      {},
      /No base for sourceUri: instance default; set sourceUri or instances.default.url/,
    ],
    [
      'the event names another environment',
      {},
      { targetEnvironment: 'production' },
      /targetEnvironment: the event says "production", the configuration "staging"/,
    ],
    [
      'the event names another source',
      {},
      { sourceUri: 'https://b' },
      /sourceUri: the event says "https:\/\/b", the configuration "https:\/\/argocd/,
    ],
  ])('refuses where %s', (_, change, claim, message) => {
    expect(() => toEnvironment(configured(change), place, claim)).toThrow(message);
  });
});

it.each(['eu', 'constructor', '__proto__'])('names the instances it knows instead of %s', name => {
  const configuration = configured({ instances: { default: {}, asia: {} } });
  expect(() => checkInstance(configuration, name)).toThrow(
    `instance ${name}; add it to instances of the configuration; known: default, asia`,
  );
  checkInstance(configuration, 'asia');
});
