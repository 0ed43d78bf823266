import { ARGOCD, DEMO, kubectl } from './cluster.ts';

interface Request {
  authorization?: string;
  body: string;
  /** How often the body is repeated: it would not fit a command line. */
  times?: number;
}

/** Sends one request to the EventSource from inside the cluster. @returns status and text */
export async function send({ authorization, body, times = 1 }: Request): Promise<string> {
  const script = `
    const [body, times, authorization] = process.argv.slice(1);
    fetch('http://aftersync-argocd.${ARGOCD}:12000/argocd/sync', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: times === '1' ? body : '[' + Array(Number(times)).fill(body) + ']',
    }).then(async answer => console.log(answer.status + ' ' + (await answer.text())), error => console.log('closed ' + error.cause?.code));`;
  const node = [
    'node',
    '-e',
    script,
    '--',
    body,
    String(times),
    ...(authorization === undefined ? [] : [authorization]),
  ];
  return (await kubectl('-n', DEMO, 'exec', 'deploy/jet', '--', ...node)).trim();
}

/** Sends events with the right token, all at once. */
export const post = (...events: object[]): Promise<string[]> =>
  Promise.all(events.map(event => send({ authorization: 'Bearer demo-webhook-token', body: JSON.stringify(event) })));
