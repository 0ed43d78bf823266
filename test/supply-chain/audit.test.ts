import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { judge } from '../../supply-chain/audit.ts';
import { main } from '../../supply-chain/run-audit.ts';
import { runStep, workspace } from '../support/run-step.ts';

const ADVISORY = 'GHSA-aaaa-bbbb-cccc';
const url = `https://github.com/advisories/${ADVISORY}`;
const bulk = { axios: [{ id: 1, url, title: 'Leaks', severity: 'high', vulnerable_versions: '<99.0.0', cwe: [] }] };

/** A registry that answers npm's question about weaknesses, and nothing else. */
function registry(status: number, body: unknown): Promise<string> {
  const server = createServer((request, response) => {
    const isBulk = request.url === '/-/npm/v1/security/advisories/bulk';
    request.resume().on('end', () => {
      response.writeHead(isBulk ? status : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isBulk ? body : {}));
    });
  });
  stop = () => server.close();
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
}
let stop = () => {};
const { npm_config_registry: before, npm_config_cache: cache } = process.env;
afterEach(() => {
  stop();
  process.env.npm_config_registry = before ?? '';
  process.env.npm_config_cache = cache ?? '';
  if (before === undefined) delete process.env.npm_config_registry;
  if (cache === undefined) delete process.env.npm_config_cache;
});

/** npm itself, asking that registry. */
async function audit(status: number, body: unknown, exceptions: unknown[] = []) {
  const { path, directory } = await workspace({ 'exceptions.json': exceptions });
  Object.assign(process.env, { npm_config_registry: await registry(status, body), npm_config_cache: directory });
  return runStep(main, [`--exceptions=${path('exceptions.json')}`]);
}
const exception = (until: string, advisory = ADVISORY) => ({ advisory, why: 'it is never called', until });

describe('audit', () => {
  it.each<[string, number, unknown, unknown[], number, RegExp]>([
    ['nothing is known', 200, {}, [], 0, /no known weakness/],
    ['the registry has no such endpoint', 405, {}, [], 0, /the registry does not tell; nothing was checked/],
    ['a weakness is known', 200, bulk, [], 1, /Known weakness: 1, the first: high: axios .*Leaks .*GHSA/],
    ['somebody accepted it', 200, bulk, [exception('2999-01-01')], 0, /accepted: high: axios/],
    ['the exception is over', 200, bulk, [exception('2020-01-01')], 1, /Known weakness/],
    ['another was accepted', 200, bulk, [exception('2999-01-01', 'GHSA-x')], 1, /GHSA-x is reported no more/],
    ['the exceptions are not as documented', 200, {}, [{ advisory: 'x' }], 2, /\[0\].why/],
  ])('where %s', async (_, status, body, exceptions, exitCode, message) => {
    const ended = await audit(status, body, exceptions);
    expect(ended).toEqual({ exitCode, output: expect.stringMatching(message) });
  });

  it.each(['', 'not JSON', '{"error":{"code":"ENOAUDIT"}}', '{"auditReportVersion":3}'])(
    'takes no other text for a report: %j',
    printed => expect(judge(printed, [], '2026-11-21')).toBeNull(),
  );
});
