import { html } from 'hono/html';
import type { Markup } from './markup.ts';

const ROWS = 50;

/**
 * A table of any length. A long one is several, of which the browser lays out only those that are near the reader: a page of a
 * thousand artifacts opens as fast as one of ten.
 */
export function longTable(caption: string, head: Markup, rows: readonly Markup[]): Markup {
  if (rows.length <= ROWS) return table(caption, head, rows);
  const starts = Array.from({ length: Math.ceil(rows.length / ROWS) }, (_, index) => index * ROWS);
  return html`${starts.map(start => {
    const some = rows.slice(start, start + ROWS);
    return html`<div class="long rows">${table(`${caption}: ${start + 1} to ${start + some.length}`, head, some)}</div>`;
  })}`;
}

const table = (caption: string, head: Markup, rows: readonly Markup[]): Markup => html`<table>
  <caption>${caption}</caption>
  <thead>${head}</thead>
  <tbody>${rows}</tbody></table>`;
