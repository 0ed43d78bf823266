/** A JSON value with the text it is written in: gjson, which Argo Events reads events with, hands on the text. */
export type Json = {
  /** Without white space between its parts; strings and numbers as they are written. */
  raw: string;
} & (
  | { type: 'object'; entries: readonly (readonly [string, Json])[] }
  | { type: 'array'; items: readonly Json[] }
  | { type: 'string'; value: string }
  | { type: 'number'; value: number }
  | { type: 'boolean'; value: boolean }
  | { type: 'null' }
);

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/** @throws SyntaxError where the text is not JSON */
export function readJson(text: string): Json {
  JSON.parse(text);
  const tokens = (text.match(TOKEN) ?? []).values();
  return value(next());

  function next(): string {
    return tokens.next().value ?? '';
  }

  // What JSON.parse has accepted is well-formed, so that only the closing brackets are looked for.
  function value(token: string): Json {
    if (token === '{') return object();
    if (token === '[') return array();
    if (token.startsWith('"')) return { type: 'string', raw: token, value: textOf(token) };
    if (token === 'null') return { type: 'null', raw: token };
    if (token === 'true' || token === 'false') return { type: 'boolean', raw: token, value: token === 'true' };
    return { type: 'number', raw: token, value: Number(token) };
  }

  function object(): Json {
    const entries: [string, Json][] = [];
    const written: string[] = [];
    for (let token = next(); token !== '}'; token = next()) {
      const key = token === ',' ? next() : token;
      next();
      const member = value(next());
      entries.push([textOf(key), member]);
      written.push(`${key}:${member.raw}`);
    }
    return { type: 'object', raw: `{${written.join(',')}}`, entries };
  }

  function array(): Json {
    const items: Json[] = [];
    for (let token = next(); token !== ']'; token = next()) items.push(value(token === ',' ? next() : token));
    return { type: 'array', raw: `[${items.map(({ raw }) => raw).join(',')}]`, items };
  }
}

/** As Go reads a text: half a surrogate pair is the replacement character. */
const textOf = (literal: string): string => (JSON.parse(literal) as string).replace(/\p{Surrogate}/gu, '\ufffd');

/** The value as gjson hands it to templates: of members with the same name the first counts. */
export function toValue(json: Json): unknown {
  if (json.type === 'object')
    return Object.fromEntries(json.entries.toReversed().map(([key, member]) => [key, toValue(member)]));
  if (json.type === 'array') return json.items.map(toValue);
  return json.type === 'null' ? null : json.value;
}
