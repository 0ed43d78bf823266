import * as z from 'zod';
import { type Http, pathOf } from '../clients/http.ts';
import type { DeploymentAlert } from '../contracts/deployment-alert.ts';
import { parseAs, parseJson } from '../runtime/parse.ts';
import { cut, keyOf, messageOf, textOf } from './message.ts';
import type { Sending } from './receiver.ts';

const TABLE = '/api/now/table/incident';
const HEADERS = { Accept: 'application/json', 'Content-Type': 'application/json' };
const RESOLVED = '6';
const MAX_SHORT_DESCRIPTION = 160;

const Incident = z.object({ sys_id: z.string().regex(/^[0-9a-f]{32}$/, 'not a sys_id'), number: z.string() });
type Incident = z.infer<typeof Incident>;
const Found = z.object({ result: z.array(Incident) });
const Made = z.object({ result: Incident });

/**
 * Opens an incident, or resolves the one that is open. ServiceNow does not deduplicate, so the open one is looked for by its
 * correlation_id first. A resolved incident stays `active` until it is closed: its state is asked for as well.
 * Wire format: ServiceNow Table API, /api/now/table/incident (GET with sysparm_query: 200 {result: [...]}; POST: 201 {result};
 * PATCH /<sys_id>: 200 {result}; an error is {error: {message, detail}}).
 */
export async function sendToServiceNow(alert: DeploymentAlert, { http, settings }: Sending): Promise<string> {
  const resolvedState = settings.resolvedState ?? RESOLVED;
  const open = await findOpen(http, keyOf(alert), resolvedState);
  if (alert.state === 'firing') return open === null ? await create(http, alert, settings) : `${open.number} is open`;
  if (open === null) return 'no incident is open';
  const closing = {
    state: resolvedState,
    close_code: settings.closeCode ?? 'Solution provided',
    close_notes: cut(`${alert.latest}\n${textOf(messageOf(alert))}`, 4000),
  };
  const path = `${TABLE}${pathOf(open.sys_id)}`;
  await http.send({
    method: 'PATCH',
    path,
    headers: HEADERS,
    query: { sysparm_fields: 'sys_id,number' },
    body: JSON.stringify(closing),
    safeToRepeat: true,
  });
  return `${open.number} is resolved`;
}

async function findOpen(http: Http, correlation: string, resolvedState: string): Promise<Incident | null> {
  const query = `correlation_id=${correlation}^active=true^state!=${resolvedState}`;
  const { text } = await http.send({
    method: 'GET',
    path: TABLE,
    headers: HEADERS,
    query: { sysparm_query: query, sysparm_fields: 'sys_id,number', sysparm_limit: '1' },
    safeToRepeat: true,
  });
  return answered(Found, text).result[0] ?? null;
}

async function create(http: Http, alert: DeploymentAlert, settings: Sending['settings']): Promise<string> {
  const message = messageOf(alert);
  const incident = {
    ...settings.fields,
    short_description: cut(message.title, MAX_SHORT_DESCRIPTION),
    description: cut(textOf(message), 4000),
    correlation_id: keyOf(alert),
    correlation_display: 'aftersync',
  };
  const { text } = await http.send({
    method: 'POST',
    path: TABLE,
    headers: HEADERS,
    query: { sysparm_fields: 'sys_id,number' },
    body: JSON.stringify(incident),
    // A second one would be a second incident; where the answer is lost, the next run looks first.
    safeToRepeat: false,
  });
  return `${answered(Made, text).result.number} is open`;
}

const REMEDY = 'check that its URL is that of the instance, and what the account may read';

function answered<T extends z.ZodType>(schema: T, text: string): z.output<T> {
  return parseAs(schema, parseJson(text, 'answer of ServiceNow', REMEDY), 'answer of ServiceNow', REMEDY);
}
