import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** An Application of test/fixtures/applications, by situation. */
export const applicationFixture = async (situation: string): Promise<Record<string, unknown>> =>
  parse(await readFile(new URL(`../../fixtures/applications/${situation}.yaml`, import.meta.url), 'utf8'));

export const config = {
  schemaVersion: 'aftersync.config/v1',
  environments: {
    default: 'staging',
    production: ['production'],
    rules: [{ project: 'payments', environment: 'production' }],
  },
  instances: { default: { url: 'https://argocd.example.com/' } },
  jet: {
    url: 'https://jet-proxy.example.com',
    token: { url: 'https://login.example.com/oauth2/token', resource: 'jet-evidence' },
  },
};
