import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serveRemotes } from '../../deploy/demo/stand-ins/remotes.ts';

const served = async (name: string) =>
  serveRemotes(parse(await readFile(`deploy/demo/stand-ins/${name}.yaml`, 'utf8')));
type Answer = Awaited<ReturnType<typeof served>>;
const ask = async (answer: Answer, method: string, path: string, body?: unknown, headers = {}) => {
  const url = `http://stand-in.example.com${path}`;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await answer(new Request(url, { method, headers, ...(body !== undefined && { body: text }) }));
  return { status: response?.status, text: (await response?.text()) ?? '' };
};
const BASIC = { authorization: `Basic ${Buffer.from('demo:demo-51b8e07c3d').toString('base64')}` };

describe('the stand-ins of the demo', () => {
  it('take another image into Artifactory while they are served', async () => {
    const answer = await served('artifactory');
    const find = () =>
      ask(answer, 'GET', '/artifactory/api/storage/demo-local/mine/2.0.0/manifest.json?properties', undefined, BASIC);
    expect((await find()).status).toBe(404);
    const { state } = JSON.parse((await ask(answer, 'GET', '/_/artifactory')).text);
    const item = {
      repo: 'demo-local',
      path: 'mine/2.0.0',
      name: 'manifest.json',
      sha256: '2'.repeat(64),
      properties: { jetId: 'JET-mine' },
    };
    const changed = await ask(answer, 'POST', '/_/artifactory', { state: { items: [...state.items, item] } });
    expect(changed.status).toBe(200);
    expect(await find()).toMatchObject({ status: 200, text: expect.stringContaining('JET-mine') });
  });

  it('take another client into the token endpoint', async () => {
    const answer = await served('jet');
    const token = (secret: string) =>
      ask(
        answer,
        'POST',
        '/oauth2/token',
        `grant_type=client_credentials&resource=jet-proxy&client_id=demo&client_secret=${secret}`,
        { 'content-type': 'application/x-www-form-urlencoded' },
      );
    expect((await token('another')).status).toBe(401);
    await ask(answer, 'POST', '/_/token', { state: { clientSecret: 'another' } });
    expect((await token('another')).status).toBe(200);
  });

  it('say what is wrong with a change, and keep what they hold', async () => {
    const answer = await served('artifactory');
    const before = (await ask(answer, 'GET', '/_/artifactory')).text;
    expect(await ask(answer, 'POST', '/_/artifactory', { state: { items: 'none' } })).toMatchObject({
      status: 400,
      text: expect.stringContaining('items'),
    });
    expect((await ask(answer, 'GET', '/_/artifactory')).text).toBe(before);
    expect((await ask(answer, 'GET', '/_/nobody')).status).toBe(404);
  });
});
