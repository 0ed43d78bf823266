import { html } from 'hono/html';
import { withLines, withoutUserinfo } from '../../../lib/runtime/outside-text.ts';
import { readableTime } from '../../../lib/wording.ts';

/** Escaped HTML; a promise of it in hono's types. */
export type Markup = ReturnType<typeof html>;

/** How a state looks. Every state is a word as well, never a colour alone. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain';

export const badge = (tone: Tone, text: string): Markup => html`<span class="badge ${tone}">${text}</span>`;

export const section = (id: string, title: string, body: Markup): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${body}</section>`;

/** A value, or a word for its absence. */
export const orNone = (value: string | null | undefined, none = 'not known'): Markup =>
  value === null || value === undefined || value === '' ? html`<span class="muted">${none}</span>` : html`${value}`;

/** A URL as text, and as a link where it leads to a web page. */
export function link(value: string): Markup {
  const address = webAddress(value);
  return address === null ? breakable(value) : anchor(address, address);
}

/** A text that leads to a web page; the text alone where the address is none. Paper shows the address. */
export function linkTo(value: string | null, text: string): Markup {
  const address = value === null ? null : webAddress(value);
  return address === null ? breakable(text) : anchor(address, text, 'id named');
}

/** Argo's content policy allows no new window: `_top` opens where the page stands alone, `_blank` nowhere. */
const anchor = (address: string, text: string, classes = 'id'): Markup =>
  html`<a class="${classes}" href="${address}" rel="noopener noreferrer" target="_top">${breakable(text)}</a>`;

function webAddress(value: string): string | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? withoutUserinfo(value) : null;
}

/** A command, to be copied as it is: one click selects all of it. */
export const command = (line: string): Markup => html`<code class="command">${line}</code>`;

/** After a slash, colon or at sign, and before the next word of a dotted name. */
const BREAKS = /(?<=[/:@])(?!\/)|(?<=\.)(?=[a-z]{3})/;

/** A name or path that may break where a person would break it. It is cleaned here: the page sees its pieces. */
export const breakable = (value: string): Markup =>
  html`<span class="id">${withLines(value)
    .split(BREAKS)
    .map((part, index) => (index === 0 ? part : html`<wbr>${part}`))}</span>`;

/** An identifier, whole so that it can be copied; of a digest the start stands out, which is what people compare. */
export function identifier(value: string): Markup {
  const digest = /^(.*?(?:sha256:)?)([0-9a-f]{12})([0-9a-f]{52})$/s.exec(value);
  if (digest === null) return html`<code>${breakable(value)}</code>`;
  const [, before, start, rest] = digest;
  return html`<code class="id">${breakable(before ?? '')}<b>${start}</b><span class="rest">${rest}</span></code>`;
}

export const time = (value: string): Markup => html`<time datetime="${value}">${readableTime(value)}</time>`;

/** Label and value pairs of a description list. */
export const facts = (pairs: readonly (readonly [label: string, value: Markup])[]): Markup =>
  html`<dl class="facts">${pairs.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
